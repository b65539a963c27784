/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

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

	private final @Nullable Supplier<@Nullable Boolean> contract;

	SignedIn(String address, NetworkId network, BooleanSupplier use) {
		this(address, network, use, null);
	}

	/**
	 * Create a proof that may be one.
	 * @param contract asks whether the account is a contract that has signed
	 */
	SignedIn(String address, NetworkId network, BooleanSupplier use, @Nullable Supplier<@Nullable Boolean> contract) {
		this.address = address;
		this.network = network;
		this.use = use;
		this.contract = contract;
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
	 * Return whether only a node can tell whether the account has signed.
	 * @return {@code true} if it can only be a contract
	 */
	public boolean isOfContract() {
		return this.contract != null;
	}

	/**
	 * Return whether the account has signed. Asks a node about a contract.
	 * @return {@code null} if no node can tell at present
	 */
	public @Nullable Boolean isSigned() {
		return (this.contract != null) ? this.contract.get() : Boolean.TRUE;
	}

	/**
	 * Return whether the account is the same one on a network. A key is, but a contract
	 * at the same address of another network may belong to another person.
	 * @param other CAIP-2 identifier of a network
	 * @return {@code false} for another network if the account is a contract
	 */
	public boolean isOn(String other) {
		return this.contract == null || this.network.value().equals(other);
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
