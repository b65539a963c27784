package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.payment.StoredContentCipher.Use;
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

	private static final String NOT_BILLABLE = "not_billable";

	/** An answer that is released and not kept. */
	private static final byte[] NOT_KEPT = {};

	private final SettlementServices services;

	private final FacilitatorRequest request;

	private final @Nullable Claim identifier;

	private final boolean safe;

	private Claim claim;

	/**
	 * Create a settlement.
	 * @param services what all settlements share
	 * @param request what the facilitator is asked
	 * @param safe whether the request can be carried out again without harm
	 * @param claim the claim of the payment
	 * @param identifier the claim of the identifier that its buyer gave it
	 */
	Settlement(SettlementServices services, FacilitatorRequest request, boolean safe, Claim claim,
			@Nullable Claim identifier) {
		this.services = services;
		this.request = request;
		this.safe = safe;
		this.claim = claim;
		this.identifier = identifier;
	}

	Claim claim() {
		return this.claim;
	}

	boolean isRedeliverable() {
		return !this.services.settings().redeliveryWindow().isZero();
	}

	void advance(ClaimChange change) {
		this.claim = this.services.store().advance(this.claim, change);
	}

	/**
	 * Give the authorization back without a run of the handler, unless settlement has
	 * begun.
	 * @param reason reason code for the ledger
	 */
	void release(String reason) {
		end(Abandonment.NOT_RUN, reason);
	}

	/**
	 * End the request without a charge, unless settlement has begun.
	 * @param abandonment whether the handler ran, and why nothing is charged
	 */
	void abandon(Abandonment abandonment) {
		end(abandonment, NOT_BILLABLE);
	}

	private void end(Abandonment abandonment, String reason) {
		if (this.claim.state() != ClaimState.CLAIMED && this.claim.state() != ClaimState.VERIFIED) {
			return;
		}
		try {
			if (abandonment != Abandonment.NOT_RUN) {
				advance(isLastRun(abandonment) ? ClaimChange.exhausted(reason) : ClaimChange.abandoned(reason));
			}
			else if (this.claim.runs() > 0) {
				advance(ClaimChange.notRetried());
			}
			else {
				this.services.store().release(this.claim, reason);
			}
			forgetIdentifier(reason);
		}
		catch (RuntimeException ex) {
			logger.warn("A claim could not be given back and stays until its lease is over: " + ex.getMessage());
		}
	}

	private boolean isLastRun(Abandonment abandonment) {
		return (abandonment == Abandonment.BUYER_CAUSED && !this.safe)
				|| this.claim.runs() + 1 >= this.services.settings().unchargedRuns();
	}

	private void forgetIdentifier(String reason) {
		if (this.identifier != null) {
			this.services.store().release(this.identifier, reason);
		}
	}

	/**
	 * Settle.
	 * @param terms what was asked for
	 * @param payment the payment
	 * @param answer what the buyer gets then, empty if it is not kept, {@code null} if
	 * the handler has yet to run or its answer is kept already
	 */
	Result settle(PaymentTerms terms, VerifiedPayment payment, byte @Nullable [] answer) {
		boolean resumed = this.claim.state() == ClaimState.EXECUTED;
		FacilitatorRequest question = this.request.charging(payment.close());
		PaymentRefusal refusal = begin(question, payment, answer, resumed);
		if (refusal != null) {
			return Result.refused(refusal);
		}
		SettlementOutcome outcome = this.services.settler().settle(question, payment.payer());
		boolean kept = resumed || (answer != null && answer.length > 0 && question == this.request);
		return end(terms, payment, outcome, kept, answer == null && !resumed);
	}

	private @Nullable PaymentRefusal begin(FacilitatorRequest question, VerifiedPayment payment,
			byte @Nullable [] answer, boolean resumed) {
		try {
			byte[] written = resumed ? null : this.services.requests().write(question, this.claim);
			advance(ClaimChange.settling(written, seal(answer)));
			return null;
		}
		catch (RuntimeException ex) {
			logger.error("A payment was not settled because it could not be recorded: " + ex.getMessage());
			boolean undone = undo(resumed ? ClaimChange.executed(ReasonCode.STORE_UNAVAILABLE.code()) : null);
			return undone ? PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE) : pending(payment, null);
		}
	}

	private boolean undo(@Nullable ClaimChange back) {
		boolean undone = this.services.settler().undo(this.claim, back);
		if (undone && back == null && this.identifier != null) {
			this.services.settler().undo(this.identifier, null);
		}
		return undone;
	}

	private byte @Nullable [] seal(byte @Nullable [] answer) {
		return (answer != null) ? this.services.cipher().seal(answer, this.claim, Use.ANSWER) : null;
	}

	private Result end(PaymentTerms terms, VerifiedPayment payment, SettlementOutcome outcome, boolean kept,
			boolean active) {
		if (outcome instanceof Settled settled) {
			return settled(terms, payment, settled, active);
		}
		if (outcome instanceof Declined declined) {
			return declined(terms, payment, declined);
		}
		if (outcome instanceof NotExecuted notExecuted) {
			return notExecuted(notExecuted, kept);
		}
		return unknown(terms, payment, (Unknown) outcome);
	}

	private Result settled(PaymentTerms terms, VerifiedPayment payment, Settled settled, boolean active) {
		Duration window = this.services.settings().redeliveryWindow();
		ClaimChange change = ClaimChange.settled(settled.receipt(), window.isZero() ? null : window, active);
		try {
			this.claim = this.services.settler().record(this.claim, change);
		}
		catch (DuplicateTransactionException ex) {
			return unknown(terms, payment, new Unknown("the transaction settled another payment already", null));
		}
		catch (RuntimeException ex) {
			this.services.settler().recordLater(this.claim, change);
			return Result.refused(pending(payment, settled.receipt().transaction()));
		}
		this.services.listener().onPaymentEvent(new PaymentEvent.Settled(terms, payment, settled.receipt()));
		return new Result(settled.receipt(), null);
	}

	/**
	 * What was charged is not kept, so that a handler that charged less runs again.
	 */
	private Result notExecuted(NotExecuted notExecuted, boolean kept) {
		logger.warn("A settlement was not executed: " + notExecuted.detail());
		undo(kept ? ClaimChange.executed(notExecuted.code().code()) : null);
		return Result.refused(PaymentRefusal.of(notExecuted.code()));
	}

	private Result declined(PaymentTerms terms, VerifiedPayment payment, Declined declined) {
		ClaimChange change = ClaimChange.declined(declined.code().code(), declined.receipt());
		try {
			this.claim = this.services.settler().record(this.claim, change);
		}
		catch (RuntimeException ex) {
			this.services.settler().recordLater(this.claim, change);
			return Result.refused(pending(payment, null));
		}
		this.services.listener().onPaymentEvent(new PaymentEvent.Declined(terms, payment, declined.code()));
		String error = declined.receipt().errorReason();
		return Result.refused(
				PaymentRefusal.of(declined.code(), (error != null) ? error : declined.code().code(), payment.payer())
					.withReceipt(declined.receipt()));
	}

	private Result unknown(PaymentTerms terms, VerifiedPayment payment, Unknown unknown) {
		logger.warn("The outcome of a settlement on " + payment.requirements().network() + " is unknown: "
				+ unknown.detail());
		try {
			this.claim = this.services.settler()
				.record(this.claim, ClaimChange.pending(unknown.transaction(),
						ReconciliationSchedule.after(this.claim.attempts())));
		}
		catch (RuntimeException ex) {
			// Counts as pending as soon as the lease is over
			logger.error("An unknown outcome could not be recorded: " + ex.getMessage());
		}
		this.services.listener().onPaymentEvent(new PaymentEvent.Unknown(terms, payment, unknown.transaction()));
		return Result.refused(pending(payment, unknown.transaction()));
	}

	private static PaymentRefusal pending(VerifiedPayment payment, @Nullable String transaction) {
		return PaymentRefusal.of(ReasonCode.SETTLEMENT_PENDING, ReasonCode.SETTLEMENT_PENDING.code(), payment.payer())
			.withTransaction(transaction);
	}

	/**
	 * The handler of a settled payment has ended.
	 * @param answer its answer, empty if it is not kept, {@code null} if there is none
	 */
	void answered(byte @Nullable [] answer) {
		try {
			advance(ClaimChange.answered(seal(answer)));
		}
		catch (RuntimeException ex) {
			// The money has moved, the buyer gets what was paid for
			logger.warn("The answer to a paid request could not be recorded: " + ex.getMessage());
		}
	}

	/**
	 * More is released than what was kept.
	 */
	void forgetAnswer() {
		answered(NOT_KEPT);
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
