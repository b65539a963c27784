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

import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts payments that only the facilitator could find invalid, and limits for a minute
 * how many more of them it is asked about. Each payer has a limit, which is larger for
 * payers of valid payments. Anybody can name any payer where only the facilitator can
 * check the signature: these payments are counted apart from those that their payer has
 * signed for sure. They have a limit for each client and one for each network, to which
 * payers of valid ones are not subject. A second has a tenth of the limit of a network,
 * so that junk which comes all at once is not asked about all at once. Payments that are
 * being asked about count as invalid until the outcome is known, unless they do not show
 * their payer, which is so for all payments of some networks.
 * <p>
 * Payments that their payer has not signed for sure use at most half of the verifications
 * that the facilitator makes at the same time, however many come and however slow it is:
 * the other half is left to plain accounts.
 * <p>
 * A payment whose signature was found invalid is not asked about twice within a minute.
 */
final class VerificationGuard {

	private static final Log logger = LogFactory.getLog(VerificationGuard.class);

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final Duration BURST = Duration.ofSeconds(1);

	/** A second has a tenth of the limit of a minute, at least so many. */
	private static final int LEAST_BURST = 20;

	private static final int MOST_PAYERS = 10_000;

	private static final int MOST_CLIENTS = 10_000;

	private static final int MOST_SIGNATURES = 2_000;

	private static final int KNOWN_PAYER_FACTOR = 10;

	private final VerificationBudget budget;

	private final MonotonicClock clock;

	private final Map<String, Boolean> known = new Recent<>(MOST_PAYERS);

	private final Map<String, Integer> invalid = new HashMap<>();

	private final Map<String, Integer> clients = new HashMap<>();

	/** Whether the log tells already that a client of this minute has none left. */
	private boolean told;

	private final Map<Signed, Invalid> signatures = new Recent<>(MOST_SIGNATURES);

	private Deadline window;

	/** By network. */
	private final Map<String, Integer> unproved = new HashMap<>();

	private Deadline burst;

	/** By network. */
	private final Map<String, Integer> latest = new HashMap<>();

	/** By network. */
	private final Map<String, Integer> underway = new HashMap<>();

	/** What the facilitator may be asked at the same time without a proof. */
	private final int share;

	/** What it is being asked without a proof. */
	private int asked;

	/** Whether the log tells already that the share of this minute was used up. */
	private boolean toldOfShare;

	/**
	 * Create a guard.
	 * @param budget limits for a minute
	 * @param concurrent how many payments the facilitator verifies at the same time
	 * @param clock a clock that only runs
	 */
	VerificationGuard(VerificationBudget budget, int concurrent, MonotonicClock clock) {
		this.budget = budget;
		this.share = Math.max(1, concurrent / 2);
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
		return this.invalid.isEmpty() && this.unproved.isEmpty() && this.underway.isEmpty() && this.asked < this.share;
	}

	/**
	 * Return whether the facilitator may be asked about a payment now.
	 * @param source where it comes from
	 */
	synchronized boolean mayAsk(Source source) {
		boolean crowded = !source.proved() && this.asked >= this.share;
		if (crowded) {
			tellOfShare();
		}
		return !crowded && allows(source);
	}

	/**
	 * Return whether the limits of this minute leave room for a payment.
	 * @param source where it comes from
	 */
	synchronized boolean allows(Source source) {
		slide();
		String payer = key(source);
		boolean spentByPayer = payer != null && isSpent(this.invalid, payer, this.budget.perPayer(), source);
		boolean spentByClient = !source.proved() && source.client() != null
				&& isSpent(this.clients, source.client(), this.budget.perClient(), source);
		if (spentByClient) {
			tell();
		}
		boolean spentByAll = !source.proved() && !isKnown(source) && this.budget.unproved() > 0
				&& isSpent(source.network());
		return !spentByPayer && !spentByClient && !spentByAll;
	}

	/**
	 * Whoever runs the shop must learn that the client may be a proxy, with all others
	 * behind it.
	 */
	private void tell() {
		if (!this.told) {
			this.told = true;
			logger.warn("A client has sent as many invalid payments as x402.validation.max-invalid-per-client ("
					+ this.budget.perClient() + ") allows within a minute. Until it is over, its payments are refused "
					+ "whose signature only the facilitator can check; payments that the payer's own key has signed "
					+ "are not. If requests come through a proxy, see to it that the server learns the address of each "
					+ "client (server.forward-headers-strategy), or else all are one client");
		}
	}

	private void tellOfShare() {
		slide();
		if (!this.toldOfShare) {
			this.toldOfShare = true;
			logger.warn("The facilitator is verifying " + this.share + " payments whose signature only it can check, "
					+ "half of what x402.facilitator.limits allows at the same time. Further ones are refused for the "
					+ "moment; the other half is left to payments that the payer's own key has signed. If many buyers "
					+ "have contract wallets or pay on Solana, allow more");
		}
	}

	private boolean isSpent(Map<String, Integer> counts, String key, int limit, Source source) {
		long most = (long) limit * (isKnown(source) ? KNOWN_PAYER_FACTOR : 1);
		return most > 0 && counts.getOrDefault(key, 0) >= most;
	}

	private boolean isSpent(String network) {
		int asked = this.underway.getOrDefault(network, 0);
		int inASecond = Math.max(this.budget.unproved() / 10, LEAST_BURST);
		return this.unproved.getOrDefault(network, 0) + asked >= this.budget.unproved()
				|| this.latest.getOrDefault(network, 0) + asked >= inASecond;
	}

	private boolean isKnown(Source source) {
		String payer = key(source);
		return payer != null && this.known.containsKey(payer);
	}

	/**
	 * Begin to ask the facilitator about a payment.
	 * @param source where it comes from
	 * @return what must be closed when the facilitator has responded, or {@code null} if
	 * it may not be asked
	 */
	synchronized @Nullable Question ask(Source source) {
		if (!mayAsk(source)) {
			return null;
		}
		this.asked += source.proved() ? 0 : 1;
		boolean counted = !source.proved() && source.payer() != null && !isKnown(source);
		if (counted) {
			this.underway.merge(source.network(), 1, Integer::sum);
		}
		return new Question(source, counted);
	}

	/**
	 * Learn how a question ended.
	 * @param question the question
	 * @param outcome what the facilitator said
	 */
	synchronized void close(Question question, VerificationOutcome outcome) {
		this.asked -= question.source().proved() ? 0 : 1;
		if (question.counted()) {
			this.underway.computeIfPresent(question.source().network(),
					(network, asked) -> (asked > 1) ? asked - 1 : null);
		}
		if (!(outcome instanceof Unavailable)) {
			found(question.source(), outcome instanceof Valid);
		}
	}

	/**
	 * Learn what was found.
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
				count(this.clients, source.client(), MOST_CLIENTS);
			}
			count(this.invalid, key, MOST_PAYERS);
		}
	}

	private static void count(Map<String, Integer> counts, @Nullable String key, int most) {
		if (key != null && (counts.size() < most || counts.containsKey(key))) {
			counts.merge(key, 1, Integer::sum);
		}
	}

	/**
	 * Remember a payment that was found to have an invalid signature. Others are not
	 * remembered: what they lack may come soon.
	 * @param digest digest of the payment
	 * @param offer the offer that it was meant for
	 * @param outcome what the facilitator said
	 */
	synchronized void remember(String digest, PaymentRequirements offer, VerificationOutcome outcome) {
		if (outcome instanceof Invalid found && found.code() == ReasonCode.INVALID_SIGNATURE) {
			this.signatures.put(new Signed(digest, offer), found);
		}
	}

	/**
	 * Return what is remembered of a payment.
	 * @param digest digest of the payment
	 * @param offer the offer that it is meant for
	 * @return what the facilitator said, or {@code null} if it may be asked
	 */
	synchronized @Nullable Invalid remembered(String digest, PaymentRequirements offer) {
		slide();
		return this.signatures.isEmpty() ? null : this.signatures.get(new Signed(digest, offer));
	}

	private void slide() {
		if (this.window.hasPassed()) {
			this.window = Deadline.by(this.clock, WINDOW);
			this.unproved.clear();
			this.invalid.clear();
			this.clients.clear();
			this.told = false;
			this.toldOfShare = false;
			this.signatures.clear();
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
	 * @param client what tells the client that sends it from others, or {@code null} if
	 * it is unknown
	 */
	record Source(String network, @Nullable String payer, boolean proved, @Nullable String client) {

	}

	/**
	 * A payment that the facilitator is being asked about.
	 *
	 * @param source where it comes from
	 * @param counted whether it counts as invalid until its outcome is known
	 */
	record Question(Source source, boolean counted) {

	}

	private record Signed(String digest, PaymentRequirements offer) {

	}

	/**
	 * Keeps the entries that were used last.
	 */
	private static final class Recent<K, V> extends LinkedHashMap<K, V> {

		private static final long serialVersionUID = 1L;

		private final int most;

		Recent(int most) {
			super(16, 0.75f, true);
			this.most = most;
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
			return size() > this.most;
		}

	}

}
