/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import io.x402.spring.protocol.AuthorizationKey;
import org.jspecify.annotations.Nullable;

/**
 * How far payments got. Those that calls work on are always known; of the others, only
 * those that were found good or may be settled. What was settled, or may be, has room of
 * its own, because to be found good costs a buyer nothing. Safe for concurrent use.
 */
final class RememberedPayments {

	private final Map<AuthorizationKey, Use> used = new HashMap<>();

	private final RecentPayments settled;

	private final RecentPayments verified;

	/**
	 * Create a memory.
	 * @param capacity maximum number of payments of each of both kinds
	 */
	RememberedPayments(int capacity) {
		this.settled = new RecentPayments(capacity);
		this.verified = new RecentPayments(capacity);
	}

	/**
	 * Return whether a payment is known to be settled.
	 */
	synchronized boolean isSettled(AuthorizationKey key) {
		SettlementProgress progress = find(key);
		return progress != null && progress.isSettled();
	}

	/**
	 * Do something with a payment. All that do so at the same time get the same object.
	 * @param key key of the payment
	 * @param work what is done
	 * @param <R> type of its result
	 * @return its result
	 */
	<R> R use(AuthorizationKey key, Function<SettlementProgress, R> work) {
		SettlementProgress progress = begin(key);
		try {
			return work.apply(progress);
		}
		finally {
			end(key, progress);
		}
	}

	private synchronized SettlementProgress begin(AuthorizationKey key) {
		SettlementProgress known = find(key);
		SettlementProgress progress = (known != null) ? known : new SettlementProgress();
		this.used.merge(key, new Use(progress, 1), Use::plus);
		return progress;
	}

	private synchronized void end(AuthorizationKey key, SettlementProgress progress) {
		Use left = this.used.merge(key, new Use(progress, -1), Use::plus);
		if (left.calls() > 0) {
			return;
		}
		this.used.remove(key);
		this.settled.remove(key);
		this.verified.remove(key);
		if (progress.isSettled() || progress.isSent()) {
			this.settled.add(key, progress);
		}
		else if (progress.isVerified()) {
			this.verified.add(key, progress);
		}
	}

	private @Nullable SettlementProgress find(AuthorizationKey key) {
		Use use = this.used.get(key);
		if (use != null) {
			return use.progress();
		}
		SettlementProgress progress = this.settled.find(key);
		return (progress != null) ? progress : this.verified.find(key);
	}

	/**
	 * A payment that calls work on.
	 *
	 * @param progress how far it got
	 * @param calls number of calls
	 */
	private record Use(SettlementProgress progress, int calls) {

		Use plus(Use other) {
			return new Use(this.progress, this.calls + other.calls);
		}

	}

}
