/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about authorizations last, so that all who wait for one share one
 * look at each new block, and a final refusal is not looked for again. Safe for
 * concurrent use.
 */
final class Looks {

	private static final int MAX_ENTRIES = 2_000;

	private final Map<Authorization, LastLook> entries = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Authorization, LastLook> eldest) {
			return size() > MAX_ENTRIES;
		}

	};

	/**
	 * Return a refusal that is known to be final.
	 * @return the refusal, or {@code null} if none is known
	 */
	@Nullable SettlementOutcome refusal(Authorization authorization) {
		LastLook entry = entry(authorization);
		Look look = entry.look;
		return (look != null && look.outcome() instanceof Declined declined) ? declined : null;
	}

	/**
	 * Look at an authorization, unless that was done at the same block.
	 * @param authorization the authorization
	 * @param head the block
	 * @param look looks at it
	 */
	Look at(Authorization authorization, Block head, Supplier<Look> look) {
		LastLook entry = entry(authorization);
		entry.lock.lock();
		try {
			Look known = entry.look;
			if (known != null && (known.outcome() instanceof Declined || head.hash().equals(entry.block))) {
				return known;
			}
			Look found = look.get();
			entry.look = found;
			entry.block = head.hash();
			return found;
		}
		finally {
			entry.lock.unlock();
		}
	}

	private LastLook entry(Authorization authorization) {
		synchronized (this.entries) {
			return this.entries.computeIfAbsent(authorization, (key) -> new LastLook());
		}
	}

	private static final class LastLook {

		/**
		 * Held while a node is asked, which a virtual thread may do without its carrier.
		 */
		private final ReentrantLock lock = new ReentrantLock();

		private volatile @Nullable Look look;

		private @Nullable String block;

	}

	/**
	 * What was found out.
	 *
	 * @param outcome the outcome
	 * @param maybeSettledSoon whether a later block may well tell more
	 * @param used whether the authorization is used
	 */
	record Look(SettlementOutcome outcome, boolean maybeSettledSoon, boolean used) {

	}

}
