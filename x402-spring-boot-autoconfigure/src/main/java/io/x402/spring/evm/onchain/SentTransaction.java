/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A transaction on its way, with all its replacements: one of them will be in a block.
 */
final class SentTransaction {

	private final long nonce;

	private final ContractCall call;

	private final BigInteger gas;

	private final List<String> hashes = new CopyOnWriteArrayList<>();

	private volatile GasFees fees;

	private volatile String raw;

	private volatile long sentAt;

	SentTransaction(long nonce, ContractCall call, BigInteger gas, GasFees fees, SignedTransaction signed,
			long sentAt) {
		this.nonce = nonce;
		this.call = call;
		this.gas = gas;
		this.fees = fees;
		this.raw = signed.raw();
		this.sentAt = sentAt;
		this.hashes.add(signed.hash());
	}

	long nonce() {
		return this.nonce;
	}

	ContractCall call() {
		return this.call;
	}

	BigInteger gas() {
		return this.gas;
	}

	GasFees fees() {
		return this.fees;
	}

	String raw() {
		return this.raw;
	}

	long sentAt() {
		return this.sentAt;
	}

	/**
	 * Return the hash of the newest version.
	 */
	String hash() {
		return this.hashes.get(this.hashes.size() - 1);
	}

	void sentAgain(long at) {
		this.sentAt = at;
	}

	void replaced(GasFees fees, SignedTransaction signed, long at) {
		this.hashes.add(signed.hash());
		this.fees = fees;
		this.raw = signed.raw();
		this.sentAt = at;
	}

	/**
	 * Look for the version that is in a block.
	 * @return its receipt, or {@code null} if none is
	 */
	@Nullable TransactionReceipt receipt(Chain chain) {
		for (int i = this.hashes.size() - 1; i >= 0; i--) {
			TransactionReceipt receipt = chain.receipt(this.hashes.get(i));
			if (receipt != null) {
				return receipt;
			}
		}
		return null;
	}

}
