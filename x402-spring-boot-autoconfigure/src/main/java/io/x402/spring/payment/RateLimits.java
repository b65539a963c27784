/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Limits within a minute what clients can cause without a sale, each of them and all
 * together. A client beyond the number that is counted is subject to the limits for all
 * only. Safe for concurrent use.
 *
 * @since 0.2.0
 */
public final class RateLimits {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private final Map<Kind, Counts> counts = new EnumMap<>(Kind.class);

	private final MonotonicClock clock;

	private Deadline window;

	/**
	 * Create limits.
	 * @param limits limits by kind, without those that have none
	 * @param maxClients maximum number of clients that are counted for each kind
	 * @param clock measures the minute
	 */
	public RateLimits(Map<Kind, Limit> limits, int maxClients, MonotonicClock clock) {
		limits.forEach((kind, limit) -> this.counts.put(kind, new Counts(limit, maxClients)));
		this.clock = clock;
		this.window = Deadline.by(clock, WINDOW);
	}

	/**
	 * Return limits that limit nothing.
	 * @return the limits
	 */
	public static RateLimits none() {
		return new RateLimits(Map.of(), 0, MonotonicClock.system());
	}

	/**
	 * Return whether there is any limit, so that clients must be told apart.
	 * @return {@code false} if nothing is limited
	 */
	public boolean isActive() {
		return !this.counts.isEmpty();
	}

	/**
	 * Count an event, unless that would exceed a limit.
	 * @param kind kind of event
	 * @param client what tells the client from others, or {@code null} if it is unknown
	 * @return {@code false} if a limit is reached
	 */
	public boolean take(Kind kind, @Nullable String client) {
		Counts limited = this.counts.get(kind);
		return limited == null || take(limited, client);
	}

	private synchronized boolean take(Counts limited, @Nullable String client) {
		slide();
		return limited.take(client);
	}

	/**
	 * Return whether a limit is reached.
	 * @param kind kind of event
	 * @param client what tells the client from others, or {@code null} if it is unknown
	 * @return {@code true} if the next event would exceed it
	 */
	public boolean isReached(Kind kind, @Nullable String client) {
		Counts limited = this.counts.get(kind);
		return limited != null && isReached(limited, client);
	}

	private synchronized boolean isReached(Counts limited, @Nullable String client) {
		slide();
		return limited.isReached(client);
	}

	/**
	 * Return the refusal of a request for which a limit is reached. It may be repeated
	 * when the counts begin again.
	 * @param payer address of the buyer, or {@code null}
	 * @return the refusal
	 */
	public PaymentRefusal refusal(@Nullable String payer) {
		return PaymentRefusal.of(ReasonCode.RATE_LIMIT, payer).withRetryAfter(retryAfter());
	}

	synchronized Duration retryAfter() {
		if (!isActive()) {
			return WINDOW;
		}
		Duration remaining = this.window.remaining();
		return remaining.isNegative() ? Duration.ofSeconds(1) : remaining.plusSeconds(1);
	}

	private void slide() {
		if (this.window.hasPassed()) {
			this.window = Deadline.by(this.clock, WINDOW);
			this.counts.values().forEach(Counts::clear);
		}
	}

	/**
	 * Kind of event.
	 */
	public enum Kind {

		/** A request without a payment gets offers. */
		UNPAID,

		/** A payment is refused because of the payment. */
		INVALID,

		/** The facilitator is asked to verify a payment. */
		VERIFICATION,

		/** An account uses what it has paid for by signing in. */
		SIGN_IN

	}

	/**
	 * Limits of a kind within a minute.
	 *
	 * @param perClient maximum number for one client, 0 for no limit
	 * @param all maximum number for all clients, 0 for no limit
	 */
	public record Limit(int perClient, int all) {

	}

	/**
	 * Events of one kind in the current minute.
	 */
	private static final class Counts {

		private final Limit limit;

		private final int maxClients;

		private final Map<String, Integer> clients = new HashMap<>();

		private int all;

		Counts(Limit limit, int maxClients) {
			this.limit = limit;
			this.maxClients = maxClients;
		}

		boolean isReached(@Nullable String client) {
			boolean byClient = client != null && this.limit.perClient() > 0
					&& this.clients.getOrDefault(client, 0) >= this.limit.perClient();
			return byClient || (this.limit.all() > 0 && this.all >= this.limit.all());
		}

		boolean take(@Nullable String client) {
			if (isReached(client)) {
				return false;
			}
			this.all++;
			if (client != null && (this.clients.size() < this.maxClients || this.clients.containsKey(client))) {
				this.clients.merge(client, 1, Integer::sum);
			}
			return true;
		}

		void clear() {
			this.clients.clear();
			this.all = 0;
		}

	}

}
