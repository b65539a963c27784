/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.util.function.BooleanSupplier;

/**
 * Proof that a request comes from who holds the key of an account. It counts once.
 *
 * @since 0.2.0
 */
public final class SignedIn implements SignInResult {

	private final String address;

	private final BooleanSupplier use;

	SignedIn(String address, BooleanSupplier use) {
		this.address = address;
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
