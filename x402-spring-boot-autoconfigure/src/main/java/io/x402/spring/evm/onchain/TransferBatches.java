/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Sends the transfers of several payments in one transaction. Has no thread of its own:
 * who opens a batch waits for others to join it, and sends it.
 * <p>
 * A transfer that fails has no effect and leaves the others alone. The caller must see to
 * it that no transfer can use up the gas of the others.
 */
final class TransferBatches {

	/** Networks take no transaction with more gas (EIP-7825). */
	private static final BigInteger MAX_GAS = BigInteger.ONE.shiftLeft(24);

	private final ReentrantLock lock = new ReentrantLock();

	private final int maxSize;

	private final Duration maxWait;

	private @Nullable Batch open;

	/**
	 * Create batches.
	 * @param maxSize maximum number of transfers in a transaction
	 * @param maxWait how long the first of them waits for others
	 */
	TransferBatches(int maxSize, Duration maxWait) {
		this.maxSize = maxSize;
		this.maxWait = maxWait;
	}

	/**
	 * Send a transfer, together with others if there are any and all fit one transaction.
	 * @param account sends the transaction if this is its first transfer
	 * @param transfer the transfer
	 * @param gas maximum gas that it may use in a transaction of its own
	 * @return the transaction, and the account that has sent it
	 * @throws NotSentException if certainly no node has it
	 */
	Sent send(SigningAccount account, ContractCall transfer, BigInteger gas) {
		Batch batch;
		boolean first;
		this.lock.lock();
		try {
			if (this.open != null && !this.open.hasRoom(gas)) {
				this.open.isFull();
				this.open = null;
			}
			first = this.open == null;
			batch = (this.open != null) ? this.open : new Batch();
			batch.add(transfer, gas);
			this.open = batch;
			if (batch.size() == this.maxSize) {
				this.open = null;
				batch.isFull();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (first) {
			batch.awaitOthers(this.maxWait);
			close(batch);
			batch.send(account);
		}
		return batch.sent();
	}

	private void close(Batch batch) {
		this.lock.lock();
		try {
			this.open = (this.open == batch) ? null : this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A transaction of one or several transfers.
	 *
	 * @param account the account whose nonce it has, which is that of its first transfer
	 * @param transaction the transaction
	 */
	record Sent(SigningAccount account, SentTransaction transaction) {

	}

	/**
	 * Transfers of one transaction. Once it is closed, none is added.
	 */
	private static final class Batch {

		private final List<ContractCall> transfers = new ArrayList<>();

		private final CountDownLatch full = new CountDownLatch(1);

		private final CompletableFuture<Sent> sent = new CompletableFuture<>();

		private BigInteger gas = BigInteger.ZERO;

		boolean hasRoom(BigInteger needed) {
			return this.gas.add(needed).compareTo(MAX_GAS) <= 0;
		}

		void add(ContractCall transfer, BigInteger needed) {
			this.transfers.add(transfer);
			this.gas = this.gas.add(needed);
		}

		int size() {
			return this.transfers.size();
		}

		void isFull() {
			this.full.countDown();
		}

		void awaitOthers(Duration maxWait) {
			try {
				this.full.await(maxWait.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		/**
		 * The gas of each transfer includes that of a transaction, which is more than one
		 * call more takes.
		 */
		void send(SigningAccount account) {
			try {
				ContractCall call = (this.transfers.size() > 1)
						? Multicall.of(false, this.transfers.toArray(ContractCall[]::new)) : this.transfers.get(0);
				this.sent.complete(new Sent(account, account.send(call, this.gas)));
			}
			catch (RuntimeException | Error ex) {
				this.sent.completeExceptionally(ex);
			}
		}

		Sent sent() {
			try {
				return this.sent.join();
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof NotSentException failure) {
					throw new NotSentException(String.valueOf(failure.getMessage()));
				}
				throw new IllegalStateException("A transaction could not be sent", ex.getCause());
			}
		}

	}

}
