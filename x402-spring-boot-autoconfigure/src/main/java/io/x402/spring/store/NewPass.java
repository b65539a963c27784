/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.time.Duration;

import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What is sold with a payment besides its response.
 *
 * @param id identity, which follows from the claim of the payment: 32 hexadecimal digits
 * @param tokenHash SHA-256 of the token that opens it, in hexadecimal digits
 * @param paid what was paid for it
 * @param scope name of what it opens, empty if it is a balance
 * @param duration time from its start to its end, or {@code null} if it has no end
 * @param uses number of calls, atomic units of the asset if it is a balance, or
 * {@code null} if it is not limited
 * @since 0.2.0
 */
public record NewPass(String id, String tokenHash, Paid paid, String scope, @Nullable Duration duration,
		@Nullable Long uses) {

	/**
	 * Return whether its uses are an amount of money, of which each call takes its price.
	 * @return {@code true} for a balance
	 */
	public boolean isBalance() {
		return this.scope.isEmpty();
	}

	/**
	 * Return the same pass with its buyer.
	 * @param payer address of the buyer
	 * @return the pass, that of the buyer who is known already if there is one
	 */
	public NewPass paidBy(@Nullable String payer) {
		return (this.paid.payer() != null || payer == null) ? this
				: new NewPass(this.id, this.tokenHash, new Paid(this.paid.network(), this.paid.asset(),
						this.paid.amount(), this.paid.payTo(), payer, this.paid.user()), this.scope, this.duration,
						this.uses);
	}

	/**
	 * Does not show the hash.
	 */
	@Override
	public String toString() {
		return "NewPass[id=" + this.id + ", scope=" + this.scope + "]";
	}

	/**
	 * Who has paid for a pass, and what.
	 *
	 * @param network CAIP-2 identifier of the network
	 * @param asset address of the token
	 * @param amount amount in atomic units of the asset
	 * @param payTo address that was paid
	 * @param payer address of the buyer, or {@code null} if it is not known
	 * @param user the only user who can use it, empty for requests without a login, or
	 * {@code null} if it is not bound to users
	 */
	public record Paid(String network, String asset, BigInteger amount, String payTo, @Nullable String payer,
			@Nullable String user) {

		/**
		 * Return whether what was paid is no less than what is asked for.
		 * @param offer what is asked for
		 * @return {@code true} if it is of the same network, token and recipient, and
		 * costs no more
		 */
		public boolean covers(PaymentRequirements offer) {
			return isFor(offer) && offer.amount().compareTo(this.amount) <= 0;
		}

		/**
		 * Return whether it was paid where an offer is to be paid.
		 * @param offer what is asked for
		 * @return {@code true} if it is of the same network, token and recipient
		 */
		public boolean isFor(PaymentRequirements offer) {
			return offer.isPaidIn(this.network, this.asset, this.payTo);
		}

	}

}
