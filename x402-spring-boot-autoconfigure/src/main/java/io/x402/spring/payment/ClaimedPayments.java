/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.Optional;
import java.util.function.Supplier;

import io.x402.spring.PaymentFlow;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.ClaimChange;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides about payments that are claimed for their request: has them verified, and in
 * flow {@link PaymentFlow#UPFRONT} settled, and lets their handlers run.
 */
final class ClaimedPayments {

	private static final Log logger = LogFactory.getLog(ClaimedPayments.class);

	private final Verifications verifications;

	private final PayerScreenings screenings;

	private final RepeatedPayments repeated;

	private final PaymentListener listener;

	private final boolean verifyUpfront;

	/**
	 * Create an instance.
	 * @param verifications has payments verified
	 * @param screenings screens payers
	 * @param repeated makes settlements
	 * @param listener is told what happens
	 * @param verifyUpfront whether payments are verified before they are settled upfront
	 */
	ClaimedPayments(Verifications verifications, PayerScreenings screenings, RepeatedPayments repeated,
			PaymentListener listener, boolean verifyUpfront) {
		this.verifications = verifications;
		this.screenings = screenings;
		this.repeated = repeated;
		this.listener = listener;
		this.verifyUpfront = verifyUpfront;
	}

	/**
	 * Return whether a payment is settled without being verified. A payer who is screened
	 * must be known for sure before money moves. Whether money has moved must be looked
	 * at before anything is recorded.
	 */
	boolean isSettledFirst(Attempt attempt) {
		return attempt.isUpfront() && !this.verifyUpfront && !attempt.isPaidBefore()
				&& (this.screenings.isEmpty() || attempt.source().proved());
	}

	/**
	 * Decide about a payment.
	 * @param attempt the payment
	 * @param settlement its claim; released unless the payment is accepted
	 * @return whether its handler may run
	 */
	PaymentDecision decide(Attempt attempt, Settlement settlement) {
		try {
			if (isSettledFirst(attempt)) {
				PaymentDecision settled = this.verifications.settle(attempt,
						() -> settleUpfront(attempt, settlement, this.repeated.payment(attempt, attempt.payer())));
				return (settled != null) ? settled
						: withdraw(settlement, PaymentRefusal.of(ReasonCode.VERIFICATION_LIMIT, attempt.payer()));
			}
			return this.verifications.begin(attempt)
				.fold((refusal) -> withdraw(settlement, refusal), (outcome) -> decide(attempt, settlement, outcome),
						(outcome) -> runUnverified(attempt, settlement, outcome));
		}
		catch (RuntimeException | Error ex) {
			settlement.release("failed");
			throw ex;
		}
	}

	private static PaymentDecision withdraw(Settlement settlement, PaymentRefusal refusal) {
		settlement.release(refusal.reason().code());
		return new Refused(refusal);
	}

	private PaymentDecision runUnverified(Attempt attempt, Settlement settlement,
			Supplier<VerificationOutcome> outcome) {
		ChargeablePayment payment = this.repeated.payment(attempt, attempt.payer());
		PaymentExchange exchange = prepare(attempt, settlement, payment);
		settlement.runsUnverified();
		exchange.whenSettling(() -> confirm(attempt, settlement, payment, outcome.get()));
		return new Accepted(exchange);
	}

	/**
	 * The handler has run, and its response is not released before this.
	 */
	private @Nullable PaymentRefusal confirm(Attempt attempt, Settlement settlement, ChargeablePayment payment,
			VerificationOutcome outcome) {
		try {
			return outcome
				.fold((valid) -> Optional.ofNullable(accept(attempt, settlement, payment, valid.payer())),
						(invalid) -> Optional.of(invalid(attempt, settlement, invalid)),
						(unavailable) -> Optional.of(unavailable(attempt, settlement, unavailable)))
				.orElse(null);
		}
		catch (RuntimeException ex) {
			logger.error("A payment was not settled because its claim cannot be recorded: " + ex.getMessage());
			settlement.release("failed");
			return PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE);
		}
	}

	private PaymentDecision decide(Attempt attempt, Settlement settlement, VerificationOutcome outcome) {
		return outcome.fold((valid) -> {
			String payer = (attempt.payer() != null) ? attempt.payer() : valid.payer();
			ChargeablePayment payment = this.repeated.payment(attempt, payer);
			PaymentRefusal refusal = accept(attempt, settlement, payment, valid.payer());
			if (refusal != null) {
				return new Refused(refusal);
			}
			return attempt.isUpfront() ? settleUpfront(attempt, settlement, payment)
					: new Accepted(prepare(attempt, settlement, payment));
		}, (invalid) -> new Refused(invalid(attempt, settlement, invalid)),
				(unavailable) -> new Refused(unavailable(attempt, settlement, unavailable)));
	}

	private @Nullable PaymentRefusal accept(Attempt attempt, Settlement settlement, ChargeablePayment payment,
			@Nullable String payerOfFacilitator) {
		String payer = payment.payer();
		if (payer != null && payerOfFacilitator != null && !payer.equalsIgnoreCase(payerOfFacilitator)) {
			logger.warn("A facilitator verified a payment for another payer");
			return reject(attempt, settlement, PaymentRefusal.of(ReasonCode.PAYMENT_REJECTED, payer));
		}
		ReasonCode objection = attempt.source().proved() ? null : this.screenings.objection(payer, attempt.offer());
		if (objection != null) {
			settlement.release(objection.code());
			return PaymentRefusal.of(objection, payer);
		}
		settlement.advance(ClaimChange.verified());
		this.listener.onPaymentEvent(new PaymentEvent.Verified(attempt.offers(), payment));
		return null;
	}

	private static PaymentRefusal invalid(Attempt attempt, Settlement settlement, Invalid invalid) {
		return reject(attempt, settlement, PaymentRefusal.of(invalid.code(), invalid.reason(), attempt.payer()));
	}

	private static PaymentRefusal unavailable(Attempt attempt, Settlement settlement, Unavailable unavailable) {
		ReasonCode code = unavailable.code();
		if (code == ReasonCode.FACILITATOR_UNAVAILABLE) {
			logger.warn("A payment could not be verified: " + unavailable.detail());
		}
		settlement.release(code.code());
		return PaymentRefusal.of(code, attempt.payer());
	}

	/**
	 * Nothing is charged, now or later, for what cannot be kept.
	 */
	private static PaymentExchange prepare(Attempt attempt, Settlement settlement, ChargeablePayment payment) {
		PaymentExchange exchange = new PaymentExchange(settlement, attempt.offers(), payment);
		exchange.whenUncharged(attempt.preparation().prepare(exchange.sale()));
		return exchange;
	}

	/**
	 * Anybody can name any payer, an allowance that is missing can be given, and money
	 * that has moved can be presented otherwise: only what the payer has signed for sure
	 * and what would still move money is refused for good.
	 */
	private static PaymentRefusal reject(Attempt attempt, Settlement settlement, PaymentRefusal refusal) {
		if (attempt.source().proved() && refusal.reason() != ReasonCode.ALLOWANCE_REQUIRED && !attempt.isPaidBefore()) {
			return settlement.reject(refusal);
		}
		settlement.release(refusal.reason().code());
		return refusal;
	}

	private static PaymentDecision settleUpfront(Attempt attempt, Settlement settlement, ChargeablePayment payment) {
		PaymentExchange exchange = prepare(attempt, settlement, payment);
		PaymentRefusal refusal = exchange.settleUpfront();
		return (refusal == null) ? new Accepted(exchange) : new Refused(refusal);
	}

}
