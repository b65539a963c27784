/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * What a call needs of a pass of its buyer.
 *
 * @param payer address of the buyer, in any letter case
 * @param scope name of what the pass opens, empty for balances
 * @param network CAIP-2 identifier of the network on which it was paid
 * @param asset address of the token in which it was paid, in any letter case
 * @param payTo address to which it was paid, in any letter case
 * @param amount minimum amount that was paid for it, in atomic units of the token
 * @param uses minimum number of uses that are left, greater than zero
 * @param user the user of the call, empty if there is none
 * @since 0.2.0
 */
public record PassQuery(String payer, String scope, String network, String asset, String payTo, BigInteger amount,
		long uses, String user) {

	/**
	 * Return whether a call could use a pass. Stores that find passes by themselves do
	 * likewise.
	 * @param pass the pass
	 * @return {@code true} if it has started and not ended, and is what the call needs
	 */
	public boolean matches(PassRecord pass) {
		NewPass.Paid paid = pass.pass().paid();
		return pass.isUsable() && this.payer.equalsIgnoreCase(paid.payer()) && this.scope.equals(pass.pass().scope())
				&& isPaidHere(paid) && isOf(paid.user()) && hasUses(pass.remaining());
	}

	private boolean isPaidHere(NewPass.Paid paid) {
		return this.network.equals(paid.network()) && this.asset.equalsIgnoreCase(paid.asset())
				&& this.payTo.equalsIgnoreCase(paid.payTo()) && paid.amount().compareTo(this.amount) >= 0;
	}

	private boolean isOf(@Nullable String bound) {
		return bound == null || bound.equals(this.user);
	}

	private boolean hasUses(@Nullable Long remaining) {
		return remaining == null || remaining >= this.uses;
	}

}
