/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.payment.Settler.Recorded;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.store.UnsettledClaim;
import io.x402.spring.time.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how settlements of unknown outcome ended: asks probes, and the facilitator
 * with the identical payment, again and again until the authorization is over. Works on
 * what any instance left behind, and never lets an unknown outcome pass for a failure.
 *
 * @since 0.1.0
 */
public final class SettlementReconciler {

	private static final Log logger = LogFactory.getLog(SettlementReconciler.class);

	/** How long after its end an authorization is still asked about. */
	private static final Duration MARGIN = Duration.ofMinutes(2);

	/**
	 * How long after that it is asked about again at the earliest. A facilitator can be
	 * down longer than an authorization lasts, and a clock can be set forward for a
	 * moment.
	 */
	private static final Duration FIRST_LATE_CHECK = Duration.ofHours(1);

	/** How often it is asked about at the least. */
	private static final Duration RAREST_LATE_CHECK = Duration.ofDays(1);

	/** Time for a probe and a slow store before a facilitator is asked. */
	static final Duration ALLOWANCE = Duration.ofSeconds(60);

	private final SettlementServices services;

	private final List<SettlementProbe> probes;

	private final Clock clock;

	SettlementReconciler(SettlementServices services, List<SettlementProbe> probes, Clock clock) {
		this.services = services;
		this.probes = List.copyOf(probes);
		this.clock = clock;
	}

	/**
	 * Record outcomes that could not be recorded when they became known, and take claims
	 * that are due. No other instance takes them for a minute and the time of a settle
	 * call, and no settle call begins after that minute.
	 * @param limit most claims to take
	 * @param settleTimeout longest time of a settle call
	 * @return for each claim what finds out how its settlement ended, to be run at once.
	 * Blocks while others are asked
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public List<Runnable> take(int limit, Duration settleTimeout) {
		this.services.settler().recordUnrecorded();
		Deadline latest = Deadline.by(this.services.settings().clock(), ALLOWANCE);
		return this.services.store()
			.takeUnsettled(limit, settleTimeout.plus(ALLOWANCE))
			.stream()
			.<Runnable>map((unsettled) -> () -> reconcile(unsettled, latest))
			.toList();
	}

	/**
	 * Try to find out how one settlement ended.
	 * @param unsettled the claim
	 * @param latest when the facilitator may be asked at the latest
	 */
	void reconcile(UnsettledClaim unsettled, Deadline latest) {
		try {
			FacilitatorRequest request = this.services.requests().read(unsettled);
			decide(unsettled.claim(), request, findOut(request, null, latest));
		}
		catch (StaleClaimException ex) {
			// Whoever was faster knows more
		}
		catch (RuntimeException ex) {
			logger.error("An unknown settlement could not be reconciled: " + ex.getMessage());
		}
	}

	/**
	 * Ask probes and the facilitator.
	 * @param request what was asked
	 * @param transaction hash of the transaction that is said to settle it, or
	 * {@code null} if none is known
	 * @param latest when the facilitator may be asked at the latest
	 */
	SettlementOutcome findOut(FacilitatorRequest request, @Nullable String transaction, Deadline latest) {
		String payer = request.payer();
		for (SettlementProbe probe : this.probes) {
			SettlementOutcome found = this.services.settler().judge(probe(probe, request, transaction), request, payer);
			if (found instanceof Settled || found instanceof Declined) {
				return found;
			}
			// A probe looks back only so far, and an authorization that is over moves
			// nothing
			if (probe.covers(request) && !isOver(request)) {
				return new SettlementOutcome.Unknown("the probe does not know yet", null);
			}
		}
		if (latest.hasPassed()) {
			// Another instance may have taken the claim, and asks itself
			return new SettlementOutcome.Unknown("the claim was held too long", null);
		}
		return this.services.settler().submit(request, payer).afterEarlierCall();
	}

	private static SettlementOutcome probe(SettlementProbe probe, FacilitatorRequest request,
			@Nullable String transaction) {
		try {
			return probe.probe(request, transaction);
		}
		catch (RuntimeException ex) {
			logger.error("A probe failed", FacilitatorException.withoutText(ex));
			return new SettlementOutcome.Unknown("the probe threw " + ex.getClass().getName(), null);
		}
	}

	/**
	 * Record what follows from an outcome.
	 */
	void decide(Claim claim, FacilitatorRequest request, SettlementOutcome outcome) {
		if (outcome instanceof Settled settled) {
			settled(claim, request, settled,
					ClaimChange.settled(settled.receipt(), deliverableFor(claim, request), false));
		}
		else if (outcome instanceof Declined declined) {
			declined(claim, request, declined, ClaimChange.declined(declined.code().code(), declined.receipt()));
		}
		else if (!isLate(claim, request)) {
			Duration next = ReconciliationSchedule.after(claim.attempts());
			this.services.store().advance(claim, ClaimChange.stillPending(next));
			if (!this.clock.instant().plus(next).isBefore(end(claim, request))) {
				this.services.identifiers().keep(request.payload(), claim);
			}
		}
		else {
			unresolved(claim, request);
		}
	}

	/**
	 * Record a settlement, unless its transaction settled another payment.
	 * @param change the step that records it
	 */
	void settled(Claim claim, FacilitatorRequest request, Settled settled, ClaimChange change) {
		SettlementResponse receipt = settled.receipt();
		Recorded recorded;
		try {
			recorded = this.services.settler()
				.record(claim, found(claim, request, change.backedBy(settled.transfer())));
		}
		catch (DuplicateTransactionException ex) {
			settledAnother(claim, request, receipt);
			return;
		}
		catch (StaleClaimException ex) {
			this.services.settler().warnOfUnrecordable(claim, receipt);
			throw ex;
		}
		if (isLate(claim, request)) {
			this.services.identifiers().keep(request.payload(), claim);
		}
		if (recorded.own()) {
			this.services.listener()
				.onPaymentEvent(new PaymentEvent.Settled(offers(request), payment(request, receipt), receipt));
		}
	}

	/**
	 * A transfer is named by its payer, so that nothing else can have been meant. A
	 * signed payment may have been settled by another transaction.
	 */
	private void settledAnother(Claim claim, FacilitatorRequest request, SettlementResponse receipt) {
		if (Schemes.of(request.accepted()).isPaidBefore()) {
			Declined used = Settlement.usedBefore(receipt);
			declined(claim, request, used, ClaimChange.declined(used.code().code(), used.receipt()));
			return;
		}
		logger.error("A facilitator says that a transaction settled a payment although it settled another one");
		this.services.store().advance(claim, ClaimChange.stillPending(ReconciliationSchedule.after(claim.attempts())));
	}

	/**
	 * Record that nothing was settled.
	 * @param change the step that records it
	 */
	void declined(Claim claim, FacilitatorRequest request, Declined declined, ClaimChange change) {
		Recorded recorded = this.services.settler().record(claim, found(claim, request, change));
		if (recorded.own()) {
			this.services.listener()
				.onPaymentEvent(new PaymentEvent.Declined(offers(request), payment(request, null), declined.code()));
		}
		this.services.identifiers().free(request.payload(), claim, declined.code().code());
	}

	/**
	 * Return how long a response can be delivered again that is found to be paid for. Its
	 * buyer may have given up to ask often, and gets it as long as the claim is kept.
	 */
	@Nullable Duration deliverableFor(Claim claim, FacilitatorRequest request) {
		Duration usual = this.services.deliverableFor(request);
		Duration rest = Duration.between(this.clock.instant(), claim.expiresAt());
		return (usual != null && isLate(claim, request) && rest.compareTo(usual) > 0) ? rest : usual;
	}

	/**
	 * A claim whose outcome is found in time is kept no longer than one that was never in
	 * doubt, but as long as its response can be delivered again.
	 */
	private ClaimChange found(Claim claim, FacilitatorRequest request, ClaimChange change) {
		if (isLate(claim, request)) {
			return change;
		}
		Duration deliverable = change.deliverableFor();
		Instant needed = this.clock.instant().plus((deliverable != null) ? deliverable.plus(MARGIN) : Duration.ZERO);
		Duration spare = Duration.between(needed, claim.expiresAt());
		if (spare.isNegative()) {
			return change;
		}
		return change.shortened((spare.compareTo(Claim.KEPT_IN_DOUBT) < 0) ? spare : Claim.KEPT_IN_DOUBT);
	}

	private void unresolved(Claim claim, FacilitatorRequest request) {
		logger.error("It could not be found out whether a payment on " + claim.key().network()
				+ " was settled, and its authorization is over. Look for it in the ledger: sale "
				+ ((claim.sale() != null) ? claim.sale().id() : "unknown"));
		this.services.store().advance(claim, ClaimChange.unresolved(lateCheck(claim, request)));
		this.services.identifiers().keep(request.payload(), claim);
	}

	/**
	 * Less and less often: when as much time has passed again as since asking often
	 * ended.
	 */
	private Duration lateCheck(Claim claim, FacilitatorRequest request) {
		Duration since = Duration.between(end(claim, request), this.clock.instant());
		if (since.compareTo(FIRST_LATE_CHECK) < 0) {
			return FIRST_LATE_CHECK;
		}
		return (since.compareTo(RAREST_LATE_CHECK) > 0) ? RAREST_LATE_CHECK : since;
	}

	private boolean isLate(Claim claim, FacilitatorRequest request) {
		return !this.clock.instant().isBefore(end(claim, request));
	}

	/**
	 * When asking often ends. An authorization that is over cannot be settled any more,
	 * but a facilitator or probe may still learn that it was. One that does not say when
	 * it is over is taken to be when its claim would have been forgotten without doubt.
	 */
	private static Instant end(Claim claim, FacilitatorRequest request) {
		Instant signed = request.signed().expiresAt();
		Instant usual = claim.expiresAt().minus(Claim.KEPT_IN_DOUBT);
		return (signed != null && signed.plus(MARGIN).isBefore(usual)) ? signed.plus(MARGIN) : usual;
	}

	/**
	 * Return whether an authorization is over for certain. One that does not say when is
	 * not.
	 */
	boolean isOver(FacilitatorRequest request) {
		Instant signed = request.signed().expiresAt();
		return signed != null && !this.clock.instant().isBefore(signed.plus(MARGIN));
	}

	/**
	 * Return whether a probe will find out by itself how a settlement ended.
	 */
	boolean isWatched(FacilitatorRequest request) {
		return this.probes.stream().anyMatch((probe) -> probe.watches(request));
	}

	private static PaymentOffers offers(FacilitatorRequest request) {
		return new PaymentOffers(request.resource(), List.of(request.accepted()));
	}

	private static ChargeablePayment payment(FacilitatorRequest request, @Nullable SettlementResponse receipt) {
		return new ChargeablePayment(request.payload().version(), request.accepted(), request.payer(), receipt, null);
	}

}
