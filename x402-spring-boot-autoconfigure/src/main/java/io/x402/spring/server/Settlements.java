/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.SettledTransfers;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Settles every payment once. A payment is verified again before it is settled for the
 * first time; a settlement whose outcome is unknown is looked up again, never started
 * again.
 * <p>
 * The receipt of a settlement is repeated to a seller that verified the payment once and
 * asks again, because a response got lost. Where it was verified several times, or never,
 * a repetition may be another sale for the same money, so the response is that the
 * payment is used, and by which transaction. 50,000 payments that were settled, or may
 * be, are remembered, and as many that were only found good, by this process only. What
 * was settled before it was started is found on the chain, and as no one verified it
 * here, it is reported as used.
 * <p>
 * A transfer that settled one payment settles no other one for two days, which is longer
 * than payments are valid.
 */
final class Settlements {

	private static final Log logger = LogFactory.getLog(Settlements.class);

	static final int MAX_ENTRIES = 50_000;

	private static final long TRANSFERS_KEPT_SECONDS = Duration.ofDays(2).toSeconds();

	private final SettledTransfers transfers = new SettledTransfers();

	private final Facilitator facilitator;

	private final ReceiptJudge judge;

	private final RememberedPayments payments;

	/**
	 * Create settlements.
	 * @param facilitator does the work
	 * @param judge decides what a receipt proves
	 * @param maxEntries maximum number of payments of each kind that are remembered
	 */
	Settlements(Facilitator facilitator, ReceiptJudge judge, int maxEntries) {
		this.facilitator = facilitator;
		this.judge = judge;
		this.payments = new RememberedPayments(maxEntries);
	}

	VerificationOutcome verify(FacilitatorRequest request) {
		if (this.payments.isSettled(request.authorizationKey())) {
			return new Invalid(ReasonCode.NONCE_ALREADY_USED);
		}
		VerificationOutcome outcome = verifyNow(request);
		if (outcome instanceof Valid) {
			this.payments.use(request.authorizationKey(), SettlementProgress::verified);
		}
		return outcome;
	}

	private VerificationOutcome verifyNow(FacilitatorRequest request) {
		try {
			VerificationOutcome outcome = this.facilitator.verify(request);
			return (outcome != null) ? outcome : new Unavailable("no outcome");
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unavailable("the facilitator threw " + ex.getClass().getName());
		}
	}

	SettlementResult settle(FacilitatorRequest request) {
		return this.payments.use(request.authorizationKey(), (progress) -> settleOnce(request, progress));
	}

	private SettlementResult settleOnce(FacilitatorRequest request, SettlementProgress progress) {
		SettlementResult earlier = progress.begin(request.payload().payload());
		if (earlier != null) {
			return earlier;
		}
		SettlementResult result = SettlementResult.pending(null);
		try {
			result = progress.isSent() ? settle(request, progress) : verifyAndSettle(request, progress);
			return result;
		}
		finally {
			progress.end(result);
		}
	}

	private SettlementResult verifyAndSettle(FacilitatorRequest request, SettlementProgress progress) {
		// What is to be settled can be less than what was signed
		return verifyNow(request.charging(request.accepted().amount())).fold(
				(valid) -> settle(request, progress), (invalid) -> (invalid.code() == ReasonCode.NONCE_ALREADY_USED)
						? findSettlement(request, progress) : SettlementResult.failed(invalid.reason()),
				(unavailable) -> {
					logger.warn("A payment was not settled because it could not be verified: " + unavailable.detail());
					return SettlementResult.notSent();
				});
	}

	/**
	 * The nonce may have been used by this very payment, which settling reveals.
	 */
	private SettlementResult findSettlement(FacilitatorRequest request, SettlementProgress progress) {
		SettlementResult result = settle(request, progress);
		return (result.kind() == SettlementResult.Kind.SETTLED && !progress.isVerified())
				? SettlementResult.duplicate(result.transaction()) : result;
	}

	private SettlementResult settle(FacilitatorRequest request, SettlementProgress progress) {
		boolean repeated = progress.send(request.payload().payload());
		SettlementOutcome outcome = repeated ? submit(request).afterEarlierCall() : submit(request);
		return outcome.fold((settled) -> settled(settled, request), Settlements::declined, Settlements::notExecuted,
				(unknown) -> unknown(unknown, request));
	}

	private static SettlementResult declined(Declined declined) {
		String reason = declined.receipt().errorReason();
		return SettlementResult.failed((reason != null) ? reason : declined.code().code());
	}

	private static SettlementResult notExecuted(NotExecuted notExecuted) {
		logger.warn("A settlement was not executed: " + notExecuted.detail());
		return SettlementResult.notSent();
	}

	private static SettlementResult unknown(Unknown unknown, FacilitatorRequest request) {
		logger.warn("The outcome of a settlement on " + request.requirements().network() + " is unknown: "
				+ unknown.detail());
		return SettlementResult.pending(unknown.transaction());
	}

	private SettlementOutcome submit(FacilitatorRequest request) {
		try {
			SettlementOutcome outcome = this.facilitator.settle(request);
			return (outcome != null) ? this.judge.judge(outcome, request, request.payer())
					: new Unknown("no outcome", null);
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unknown("the facilitator threw " + ex.getClass().getName(), null);
		}
	}

	private SettlementResult settled(Settled settled, FacilitatorRequest request) {
		String transaction = settled.receipt().transactionOrNull();
		if (transaction != null && !take(request, transaction, settled.transfer())) {
			logger.error("A transaction that settled one payment is said to have settled another one");
			return SettlementResult.pending(transaction);
		}
		return SettlementResult.settled((transaction != null) ? transaction : "", settled.receipt().payer(),
				request.requirements().amount());
	}

	private boolean take(FacilitatorRequest request, String transaction, @Nullable Integer transfer) {
		long now = TimeUnit.NANOSECONDS.toSeconds(MonotonicClock.system().nanos());
		this.transfers.forget(now - TRANSFERS_KEPT_SECONDS);
		return this.transfers.take(request.requirements().network(), transaction, transfer, request.authorizationKey(),
				now);
	}

}
