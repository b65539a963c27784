/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.evm.onchain.OnChainSettings.ApprovalGas;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * What payers were sent for the gas of their approvals on one network since the start of
 * the application, and how much more they may be sent. Not safe for concurrent use.
 */
final class ApprovalBudget {

	private static final int MAX_PAYERS = 10_000;

	private static final long HOUR = Duration.ofHours(1).toNanos();

	private static final long DAY = Duration.ofDays(1).toNanos();

	/** By payer, the oldest first. */
	private final Map<String, Grant> grants = new LinkedHashMap<>();

	private final Deque<Grant> lastHour = new ArrayDeque<>();

	private final ApprovalGas limits;

	private final MonotonicClock clock;

	ApprovalBudget(ApprovalGas limits, MonotonicClock clock) {
		this.limits = limits;
		this.clock = clock;
	}

	/**
	 * Return what a payer was sent last.
	 */
	@Nullable Grant last(String payer) {
		return this.grants.get(key(payer));
	}

	/**
	 * Return whether a payer may be sent an amount.
	 * @param payer the payer
	 * @param amount how much, in wei
	 * @param gas what sending it costs at most, in wei
	 */
	boolean allows(String payer, BigInteger amount, BigInteger gas) {
		long now = this.clock.nanos();
		while (!this.lastHour.isEmpty() && now - this.lastHour.peek().at() >= HOUR) {
			this.lastHour.remove();
		}
		BigInteger spent = this.lastHour.stream().map(Grant::spent).reduce(BigInteger.ZERO, BigInteger::add);
		return amount.compareTo(this.limits.maxPerPayment()) <= 0
				&& ofPayer(payer, now).add(amount).compareTo(this.limits.maxPerPayer()) <= 0
				&& spent.add(amount).add(gas).compareTo(this.limits.maxPerHour()) <= 0 && hasRoom(payer, now);
	}

	private BigInteger ofPayer(String payer, long now) {
		Grant last = last(payer);
		return (last != null && now - last.at() < DAY) ? last.sum() : BigInteger.ZERO;
	}

	/**
	 * Who is forgotten could be sent money again.
	 */
	private boolean hasRoom(String payer, long now) {
		if (this.grants.size() >= MAX_PAYERS) {
			this.grants.values().removeIf((grant) -> now - grant.at() >= DAY);
		}
		return this.grants.size() < MAX_PAYERS || this.grants.containsKey(key(payer));
	}

	/**
	 * Note that a payer is sent an amount.
	 * @param payer the payer
	 * @param approval hash of the transaction for which it is
	 * @param amount how much, in wei
	 * @param gas what sending it costs at most, in wei
	 * @return the grant
	 */
	Grant take(String payer, String approval, BigInteger amount, BigInteger gas) {
		long now = this.clock.nanos();
		Grant grant = new Grant(approval, amount.add(gas), ofPayer(payer, now).add(amount), now, last(payer));
		this.lastHour.add(grant);
		this.grants.put(key(payer), grant);
		return grant;
	}

	/**
	 * Undo a grant that was certainly not sent.
	 */
	void giveBack(String payer, Grant grant) {
		this.lastHour.remove(grant);
		if (grant.before != null) {
			this.grants.put(key(payer), grant.before);
		}
		else {
			this.grants.remove(key(payer));
		}
	}

	private static String key(String payer) {
		return payer.toLowerCase(Locale.ROOT);
	}

	/**
	 * Money that a payer was sent for one approval.
	 */
	static final class Grant {

		private final String approval;

		private final BigInteger spent;

		private final BigInteger sum;

		private final long at;

		private @Nullable Grant before;

		private volatile @Nullable SentTransaction sent;

		private Grant(String approval, BigInteger spent, BigInteger sum, long at, @Nullable Grant before) {
			this.approval = approval;
			this.spent = spent;
			this.sum = sum;
			this.at = at;
			this.before = before;
		}

		String approval() {
			return this.approval;
		}

		private BigInteger spent() {
			return this.spent;
		}

		private BigInteger sum() {
			return this.sum;
		}

		private long at() {
			return this.at;
		}

		void sentBy(SentTransaction sent) {
			this.sent = sent;
			this.before = null;
		}

		/**
		 * Return the transaction that sends it.
		 * @return the transaction, or {@code null} if it is not known whether there is
		 * one
		 */
		@Nullable SentTransaction sent() {
			return this.sent;
		}

	}

}
