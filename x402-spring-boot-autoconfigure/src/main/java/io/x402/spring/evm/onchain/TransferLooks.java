/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import io.x402.spring.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of transactions last, so that requests that wait for one share one look
 * at each new block, and none at all while blocks are missing. Safe for concurrent use.
 */
final class TransferLooks {

	private static final int MAX_ENTRIES = 10_000;

	private final Map<Transaction, Seen> entries = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Transaction, Seen> eldest) {
			return size() > MAX_ENTRIES;
		}

	};

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private final int confirmations;

	private final boolean finalized;

	private final int maxPerMinute;

	private int looks;

	private @Nullable Deadline minute;

	/**
	 * Create looks.
	 * @param confirmations number of blocks that must confirm a transaction, its own
	 * included
	 * @param finalized whether its block must be finalized besides
	 * @param maxPerMinute maximum number of looks that ask a node for a transaction, 0
	 * for no limit
	 */
	TransferLooks(int confirmations, boolean finalized, int maxPerMinute) {
		this.confirmations = confirmations;
		this.finalized = finalized;
		this.maxPerMinute = maxPerMinute;
	}

	/**
	 * Look at a transaction.
	 * @param chain its network
	 * @param transaction its hash in lower case
	 * @return the transaction, or {@code null} if it is not deep enough in the chain, or
	 * unknown, or may not be asked for any more within this minute
	 */
	@Nullable Confirmed look(Chain chain, String transaction) {
		Seen seen;
		synchronized (this.entries) {
			seen = this.entries.computeIfAbsent(new Transaction(chain, transaction), (key) -> new Seen());
		}
		seen.lock.lock();
		try {
			if (seen.confirmed == null && isDue(chain, seen) && take()) {
				look(chain, transaction, seen);
			}
			return seen.confirmed;
		}
		finally {
			seen.lock.unlock();
		}
	}

	/**
	 * Anybody can name transactions that do not exist.
	 */
	private synchronized boolean take() {
		if (this.minute == null || this.minute.hasPassed()) {
			this.minute = Deadline.in(MINUTE);
			this.looks = 0;
		}
		return this.maxPerMinute == 0 || this.looks++ < this.maxPerMinute;
	}

	private boolean isDue(Chain chain, Seen seen) {
		Block head = chain.head();
		return !head.hash().equals(seen.head) && isDeep(chain, head, seen.block);
	}

	/**
	 * Of a transaction in no block nothing is known until it is asked for.
	 */
	private boolean isDeep(Chain chain, Block head, long block) {
		return block < 0 || (head.number() - block + 1 >= this.confirmations
				&& (!this.finalized || chain.finalized().number() >= block));
	}

	private void look(Chain chain, String transaction, Seen seen) {
		Block head = chain.head();
		TransactionReceipt receipt = chain.receipt(transaction);
		seen.head = head.hash();
		seen.block = (receipt != null) ? receipt.block() : Seen.NO_BLOCK;
		if (receipt == null || !isDeep(chain, head, seen.block)) {
			return;
		}
		Block block = chain.block(Hex.quantity(receipt.block()));
		if (block.hash().equalsIgnoreCase(receipt.blockHash())) {
			seen.confirmed = new Confirmed(receipt, block);
		}
	}

	/**
	 * A transaction that is deep enough in the chain.
	 *
	 * @param receipt the transaction
	 * @param block its block
	 */
	record Confirmed(TransactionReceipt receipt, Block block) {

	}

	private record Transaction(Chain chain, String hash) {

	}

	private static final class Seen {

		static final long NO_BLOCK = -1;

		/**
		 * Held while a node is asked, which a virtual thread may do without its carrier.
		 */
		private final ReentrantLock lock = new ReentrantLock();

		private @Nullable Confirmed confirmed;

		private @Nullable String head;

		private long block = NO_BLOCK;

	}

}
