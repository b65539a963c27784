/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.x402.spring.protocol.AuthorizationKey;

/**
 * Counts the claims that each payer has and has not paid for, so that payers who do not
 * pay leave room for those who do. Payers who are not shown by their payments have one
 * share for each network.
 */
final class UnpaidShares {

	private static final int LEAST = 10;

	private static final int PART = 10;

	private final int share;

	private final ConcurrentMap<String, Integer> unpaid = new ConcurrentHashMap<>();

	UnpaidShares(int capacity) {
		this.share = Math.max(LEAST, capacity / PART);
	}

	int share() {
		return this.share;
	}

	boolean isUsedUp(AuthorizationKey key) {
		return this.unpaid.getOrDefault(holder(key), 0) >= this.share;
	}

	void add(Claim claim) {
		if (isCounted(claim)) {
			this.unpaid.merge(holder(claim.key()), 1, Integer::sum);
		}
	}

	void remove(Claim claim) {
		if (isCounted(claim)) {
			this.unpaid.computeIfPresent(holder(claim.key()), (holder, count) -> (count > 1) ? count - 1 : null);
		}
	}

	private static boolean isCounted(Claim claim) {
		return claim.sale() != null && claim.state() != ClaimState.SETTLED;
	}

	/**
	 * Return whose share a claim uses up.
	 */
	static String holder(AuthorizationKey key) {
		return key.payer().isEmpty() ? key.network() : key.payer();
	}

}
