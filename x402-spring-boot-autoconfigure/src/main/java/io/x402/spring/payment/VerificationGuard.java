/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Counts payments that only the facilitator could find invalid, and limits for a minute
 * how many more of them it is asked about. Each payer has a limit, which is larger for
 * payers of valid payments. Anybody can name any payer where only the facilitator can
 * check the signature: these payments are counted apart from those that their payer has
 * signed for sure, and have a limit for each network, to which payers of valid ones are
 * not subject. A second has a tenth of that limit, so that junk which comes all at once
 * is not asked about all at once.
 */
final class VerificationGuard {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final Duration BURST = Duration.ofSeconds(1);

	/** A second has a tenth of the limit of a minute, at least so many. */
	private static final int LEAST_BURST = 20;

	private static final int MOST_PAYERS = 10_000;

	private static final int KNOWN_PAYER_FACTOR = 10;

	private final VerificationBudget budget;

	private final MonotonicClock clock;

	private final Map<String, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > MOST_PAYERS;
		}

	};

	private final Map<String, Integer> invalid = new HashMap<>();

	private Deadline window;

	/** By network. */
	private final Map<String, Integer> unproved = new HashMap<>();

	private Deadline burst;

	/** By network. */
	private final Map<String, Integer> latest = new HashMap<>();

	VerificationGuard(VerificationBudget budget, MonotonicClock clock) {
		this.budget = budget;
		this.clock = clock;
		this.window = Deadline.by(clock, WINDOW);
		this.burst = Deadline.by(clock, BURST);
	}

	/**
	 * Return whether the facilitator may be asked about any payment, wherever it comes
	 * from.
	 */
	synchronized boolean allowsAnybody() {
		slide();
		return this.invalid.isEmpty() && this.unproved.isEmpty();
	}

	/**
	 * Return whether the facilitator may be asked about a payment.
	 * @param source where it comes from
	 */
	synchronized boolean allows(Source source) {
		slide();
		String key = key(source);
		boolean isKnown = key != null && this.known.containsKey(key);
		boolean spent = !source.proved() && !isKnown && this.budget.unproved() > 0 && isSpent(source.network());
		long limit = (long) this.budget.perPayer() * (isKnown ? KNOWN_PAYER_FACTOR : 1);
		boolean spentByPayer = key != null && limit > 0 && this.invalid.getOrDefault(key, 0) >= limit;
		return !spent && !spentByPayer;
	}

	private boolean isSpent(String network) {
		int inASecond = Math.max(this.budget.unproved() / 10, LEAST_BURST);
		return this.unproved.getOrDefault(network, 0) >= this.budget.unproved()
				|| this.latest.getOrDefault(network, 0) >= inASecond;
	}

	/**
	 * Learn what the facilitator found.
	 * @param source where the payment comes from
	 * @param valid whether it is valid
	 */
	synchronized void found(Source source, boolean valid) {
		slide();
		String key = key(source);
		if (valid && key != null) {
			this.known.put(key, true);
		}
		else if (!valid) {
			if (!source.proved()) {
				this.unproved.merge(source.network(), 1, Integer::sum);
				this.latest.merge(source.network(), 1, Integer::sum);
			}
			if (key != null && (this.invalid.size() < MOST_PAYERS || this.invalid.containsKey(key))) {
				this.invalid.merge(key, 1, Integer::sum);
			}
		}
	}

	private void slide() {
		if (this.window.hasPassed()) {
			this.window = Deadline.by(this.clock, WINDOW);
			this.unproved.clear();
			this.invalid.clear();
		}
		if (this.burst.hasPassed()) {
			this.burst = Deadline.by(this.clock, BURST);
			this.latest.clear();
		}
	}

	private static @Nullable String key(Source source) {
		String payer = source.payer();
		return (payer != null) ? (source.proved() ? "" : "unproved ") + payer.toLowerCase(Locale.ROOT) : null;
	}

	/**
	 * Where a payment comes from, as far as can be told without the facilitator.
	 *
	 * @param network CAIP-2 identifier of an offer that it may be meant for, empty if
	 * there is none
	 * @param payer address of the payer, or {@code null} if the payment does not show it
	 * @param proved whether the payer's own key has signed it for sure
	 */
	record Source(String network, @Nullable String payer, boolean proved) {

	}

}
