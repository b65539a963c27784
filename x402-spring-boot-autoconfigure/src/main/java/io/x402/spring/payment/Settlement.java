package io.x402.spring.payment;

import java.util.Objects;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Moves the money of one claim and records each step before the next one is taken.
 */
final class Settlement {

	private static final Log logger = LogFactory.getLog(Settlement.class);

	private final Facilitator facilitator;

	private final PaymentStore store;

	private final SettlementJudge judge;

	private final PaymentListener listener;

	private final FacilitatorRequest request;

	private Claim claim;

	Settlement(Facilitator facilitator, PaymentStore store, SettlementJudge judge, PaymentListener listener,
			FacilitatorRequest request, Claim claim) {
		this.facilitator = facilitator;
		this.store = store;
		this.judge = judge;
		this.listener = listener;
		this.request = request;
		this.claim = claim;
	}

	void advance(ClaimState next) {
		this.claim = this.store.advance(this.claim, next, null);
	}

	/**
	 * Give the authorization back, unless settlement has begun.
	 */
	void release() {
		if (this.claim.state() == ClaimState.CLAIMED || this.claim.state() == ClaimState.VERIFIED) {
			forget();
		}
	}

	private void forget() {
		try {
			this.store.release(this.claim);
		}
		catch (RuntimeException ex) {
			logger.warn("A claim could not be released and stays until it expires: " + ex.getMessage());
		}
	}

	Result settle(PaymentTerms terms, VerifiedPayment payment) {
		try {
			advance(ClaimState.SETTLING);
		}
		catch (RuntimeException ex) {
			logger.error("A payment was not settled because it could not be recorded: " + ex.getMessage());
			release();
			return Result.refused(PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE));
		}
		SettlementOutcome outcome = record(this.judge.judge(ask(), this.request, payment.payer()));
		if (outcome instanceof Settled settled) {
			this.listener.onPaymentEvent(new PaymentEvent.Settled(terms, payment, settled.receipt()));
			return new Result(settled.receipt(), null);
		}
		if (outcome instanceof Declined declined) {
			this.listener.onPaymentEvent(new PaymentEvent.Declined(terms, payment, declined.code()));
			return Result.refused(declined(declined, payment));
		}
		Unknown unknown = (Unknown) outcome;
		logger.warn("The outcome of a settlement on " + payment.requirements().network() + " is unknown: "
				+ unknown.detail());
		this.listener.onPaymentEvent(new PaymentEvent.Unknown(terms, payment, unknown.transaction()));
		return Result.refused(
				PaymentRefusal.of(ReasonCode.SETTLEMENT_PENDING, ReasonCode.SETTLEMENT_PENDING.code(), payment.payer())
					.withTransaction(unknown.transaction()));
	}

	private SettlementOutcome ask() {
		try {
			return Objects.requireNonNull(this.facilitator.settle(this.request), "No outcome");
		}
		catch (Throwable ex) {
			// Whatever it is, money may have moved before
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unknown("the facilitator threw " + ex.getClass().getName(), null);
		}
	}

	private SettlementOutcome record(SettlementOutcome outcome) {
		try {
			if (outcome instanceof Settled settled) {
				this.claim = this.store.advance(this.claim, ClaimState.SETTLED, settled.receipt());
			}
			else if (outcome instanceof Declined declined && declined.code().retryable()) {
				forget();
			}
			else if (outcome instanceof Declined declined) {
				this.claim = this.store.advance(this.claim, ClaimState.DECLINED, declined.receipt());
			}
			else {
				advance(ClaimState.PENDING);
			}
		}
		catch (DuplicateTransactionException ex) {
			return record(new Unknown("the transaction settled another payment already", null));
		}
		catch (RuntimeException ex) {
			// The money has moved or not, whatever the store says; the buyer gets what it
			// paid for
			logger.error("The outcome of a settlement could not be recorded: " + ex.getMessage());
		}
		return outcome;
	}

	private static PaymentRefusal declined(Declined declined, VerifiedPayment payment) {
		if (declined.code().retryable()) {
			return PaymentRefusal.of(declined.code());
		}
		String error = declined.receipt().errorReason();
		return PaymentRefusal.of(declined.code(), (error != null) ? error : declined.code().code(), payment.payer())
			.withReceipt(declined.receipt());
	}

	/**
	 * Result of a settlement: one of both.
	 *
	 * @param receipt the receipt of a settled payment
	 * @param refusal what to answer otherwise
	 */
	record Result(@Nullable SettlementResponse receipt, @Nullable PaymentRefusal refusal) {

		static Result refused(PaymentRefusal refusal) {
			return new Result(null, refusal);
		}

	}

}
