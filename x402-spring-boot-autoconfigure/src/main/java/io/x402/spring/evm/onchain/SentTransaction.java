/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * A transaction on its way, with all its replacements: one of them will be in a block.
 */
final class SentTransaction {

	private final long nonce;

	private final ContractCall call;

	private final BigInteger gas;

	private final List<String> hashes = new CopyOnWriteArrayList<>();

	private final Lock looking = new ReentrantLock();

	private volatile Version newest;

	private @Nullable TransactionReceipt found;

	private long seen = -1;

	SentTransaction(long nonce, ContractCall call, BigInteger gas, Version first) {
		this.nonce = nonce;
		this.call = call;
		this.gas = gas;
		this.newest = first;
		this.hashes.add(first.signed().hash());
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
		return this.newest.fees();
	}

	String raw() {
		return this.newest.signed().raw();
	}

	long sentAt() {
		return this.newest.sentAt();
	}

	/**
	 * Return the hash of the newest version.
	 */
	String hash() {
		return this.hashes.get(this.hashes.size() - 1);
	}

	void sentAgain(long at) {
		this.newest = new Version(this.newest.fees(), this.newest.signed(), at);
	}

	void replaced(Version version) {
		this.hashes.add(version.signed().hash());
		this.newest = version;
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

	/**
	 * Look for the version that is in a block, once for each newest block, whoever waits
	 * for it.
	 * @param head number of the newest block
	 * @return its receipt, or {@code null} if none is
	 */
	@Nullable TransactionReceipt receipt(Chain chain, long head) {
		this.looking.lock();
		try {
			if (head > this.seen) {
				this.found = receipt(chain);
				this.seen = head;
			}
			return this.found;
		}
		finally {
			this.looking.unlock();
		}
	}

	/**
	 * One of the transactions with the same nonce.
	 *
	 * @param fees what it pays at most
	 * @param signed the transaction
	 * @param sentAt when it was sent last, in nanoseconds of the clock of the account
	 */
	record Version(GasFees fees, SignedTransaction signed, long sentAt) {

	}

}
