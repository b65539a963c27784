/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.Locale;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.store.UnsettledClaim;
import io.x402.spring.time.Deadline;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What a person does about settlements of unknown outcome. Whatever that is, probes and
 * facilitator are asked first, and what they prove counts: a person can neither say that
 * money moved which no one has seen, nor that it did not move while it still can, or
 * while a probe can see for itself.
 *
 * @since 0.2.0
 */
public final class ManualReconciliation {

	private final SettlementServices services;

	private final SettlementReconciler reconciler;

	private final Duration hold;

	/**
	 * Create a reconciliation by hand.
	 * @param services what all settlements share
	 * @param reconciler asks and records
	 * @param settleTimeout longest time of a settle call
	 */
	ManualReconciliation(SettlementServices services, SettlementReconciler reconciler, Duration settleTimeout) {
		this.services = services;
		this.reconciler = reconciler;
		this.hold = settleTimeout.plus(SettlementReconciler.ALLOWANCE);
	}

	/**
	 * Find out now how a settlement ended.
	 * @param sale correlation id of the sale
	 * @return {@link Result#SETTLED}, {@link Result#NOT_SETTLED}, {@link Result#UNKNOWN}
	 * or {@link Result#NOT_FOUND}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public Result reconcile(String sale) {
		return decide(sale, (claim, request, latest) -> {
			this.reconciler.decide(claim, request, this.reconciler.findOut(request, null, latest));
			return null;
		});
	}

	/**
	 * Record that a payment is settled, if a probe or the facilitator sees it.
	 * @param sale correlation id of the sale
	 * @param transaction hash of the transaction that settled it
	 * @param statement who says so, and why
	 * @return {@link Result#SETTLED}; {@link Result#NOT_SETTLED} if it is proved that
	 * nothing moved; {@link Result#UNKNOWN} if no one has seen that the transaction
	 * settles this payment and no other; or {@link Result#NOT_FOUND}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public Result confirm(String sale, String transaction, Statement statement) {
		return decide(sale, (claim, request, latest) -> {
			SettlementOutcome found = this.reconciler.findOut(request, transaction, latest);
			if (found instanceof Settled settled && transaction.equalsIgnoreCase(settled.receipt().transaction())) {
				this.reconciler.settled(claim, request, settled, ClaimChange.confirmed(settled.receipt(),
						this.reconciler.deliverableFor(claim, request), statement.toString()));
			}
			else {
				this.reconciler.decide(claim, request, found);
			}
			return null;
		});
	}

	/**
	 * Record that a payment was not settled and will not be, if its authorization is over
	 * and no probe can find out by itself. Its buyer is told so, and the response that
	 * was kept for it is forgotten.
	 * @param sale correlation id of the sale
	 * @param statement who says so, and why
	 * @return {@link Result#NOT_SETTLED}; {@link Result#SETTLED} if it turns out that the
	 * money moved; {@link Result#STILL_VALID} or {@link Result#WATCHED} if a person may
	 * not say so; or {@link Result#NOT_FOUND}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public Result dismiss(String sale, Statement statement) {
		return decide(sale, (claim, request, latest) -> {
			if (!this.reconciler.isOver(request)) {
				// Whoever says that nothing moved does not want that it moves now
				this.reconciler.decide(claim, request, new Unknown("no one was asked", null));
				return Result.STILL_VALID;
			}
			SettlementOutcome found = this.reconciler.findOut(request, null, latest);
			if (found instanceof Settled || found instanceof Declined) {
				this.reconciler.decide(claim, request, found);
				return null;
			}
			if (this.reconciler.isWatched(request) || namesTransaction(found)) {
				this.reconciler.decide(claim, request, found);
				return Result.WATCHED;
			}
			Declined declined = new Declined(ReasonCode.EXPIRED, SettlementResponse.failure(ReasonCode.EXPIRED.code(),
					request.requirements().network(), request.payer()));
			this.reconciler.declined(claim, request, declined,
					ClaimChange.dismissed(declined.code().code(), declined.receipt(), statement.toString()));
			return null;
		});
	}

	private static boolean namesTransaction(SettlementOutcome found) {
		return found instanceof Unknown unknown && StringUtils.hasText(unknown.transaction());
	}

	private Result decide(String sale, Decision decision) {
		Deadline latest = Deadline.by(this.services.settings().clock(), SettlementReconciler.ALLOWANCE);
		UnsettledClaim unsettled = this.services.store().takeUnsettled(sale, this.hold);
		if (unsettled == null) {
			return Result.NOT_FOUND;
		}
		Result refused = null;
		try {
			refused = decision.make(unsettled.claim(), this.services.requests().read(unsettled), latest);
		}
		catch (StaleClaimException ex) {
			// Whoever was faster knows more
		}
		return (refused != null) ? refused : result(this.services.store().find(unsettled.claim().key()));
	}

	/**
	 * What counts is what is recorded, whoever recorded it.
	 */
	private static Result result(@Nullable Claim claim) {
		ClaimState state = (claim != null) ? claim.state() : ClaimState.PENDING;
		return switch (state) {
			case SETTLED -> Result.SETTLED;
			case DECLINED -> Result.NOT_SETTLED;
			default -> Result.UNKNOWN;
		};
	}

	/**
	 * What became of a settlement of unknown outcome.
	 */
	public enum Result {

		/** The money moved, and the buyer can collect what was paid for. */
		SETTLED,

		/** The money did not move and will not. */
		NOT_SETTLED,

		/** It is still not known, and the search goes on. */
		UNKNOWN,

		/** The authorization can still be used, so that no one can say it was not. */
		STILL_VALID,

		/** A probe can see by itself whether the money moved, or a transaction may. */
		WATCHED,

		/** There is no such sale of unknown outcome, or what was asked was forgotten. */
		NOT_FOUND;

		/**
		 * Return the stable code of this result.
		 * @return lower case with underscores
		 */
		public String code() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * What a person says about a settlement.
	 *
	 * @param author name of the person
	 * @param reason why
	 */
	public record Statement(String author, String reason) {

		/** Most characters of a name. */
		public static final int MAX_AUTHOR = 100;

		/** Most characters of a reason. */
		public static final int MAX_REASON = 400;

		/**
		 * Create a statement.
		 * @throws IllegalArgumentException if a part of it is empty, too long, or has
		 * control characters
		 */
		public Statement {
			check(author, MAX_AUTHOR, "The name of who decides");
			check(reason, MAX_REASON, "The note");
		}

		private static void check(String text, int length, String what) {
			if (!StringUtils.hasText(text) || text.length() > length
					|| text.chars().anyMatch(Character::isISOControl)) {
				throw new IllegalArgumentException(
						what + " must have 1 to " + length + " characters in one line, not " + text.length());
			}
		}

		@Override
		public String toString() {
			return this.author + ": " + this.reason;
		}

	}

	/**
	 * What is done about a claim that no one else works on.
	 */
	@FunctionalInterface
	private interface Decision {

		/**
		 * Make and record the decision.
		 * @return why nothing was decided, or {@code null} if what is recorded counts
		 */
		@Nullable Result make(Claim claim, FacilitatorRequest request, Deadline latest);

	}

}
