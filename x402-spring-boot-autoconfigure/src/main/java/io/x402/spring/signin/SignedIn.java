/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.util.function.BooleanSupplier;

import io.x402.spring.protocol.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * Proof that a request comes from who holds the key of an account. It counts once.
 *
 * @since 0.2.0
 */
public final class SignedIn implements SignInResult {

	private final String address;

	private final NetworkId network;

	private final BooleanSupplier use;

	SignedIn(String address, NetworkId network, BooleanSupplier use) {
		this.address = address;
		this.network = network;
		this.use = use;
	}

	/**
	 * Return the account.
	 * @return its address
	 */
	public String address() {
		return this.address;
	}

	/**
	 * Return whether an address is that of the account, as its network compares them.
	 * @param other an address, or {@code null}
	 * @return {@code true} if it is the same account
	 */
	public boolean isAccount(@Nullable String other) {
		return other != null && this.network.isSameAddress(this.address, other);
	}

	/**
	 * Use the proof up, on all instances.
	 * @return {@code false} if it was used before
	 * @throws io.x402.spring.store.PaymentStoreException if the store is out of reach
	 */
	public boolean use() {
		return this.use.getAsBoolean();
	}

	@Override
	public String toString() {
		return "SignedIn[address=" + this.address + "]";
	}

}
