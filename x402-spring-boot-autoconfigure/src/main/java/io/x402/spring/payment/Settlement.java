/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.spring.PaymentFlow;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.payment.Settler.Back;
import io.x402.spring.payment.Settler.Recorded;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.StaleClaimException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Moves the money of one claim and records each step before the next one is taken. Holds
 * the claim until the request has ended, whichever thread ends it.
 */
final class Settlement {

	private static final Log logger = LogFactory.getLog(Settlement.class);

	private static final String NOT_BILLABLE = "not_billable";

	private final SettlementServices services;

	private final FacilitatorRequest request;

	private final boolean safe;

	private final ClaimHandle handle;

	private final @Nullable Claim identifier;

	private boolean settling;

	private volatile boolean unverified;

	private @Nullable Abandonment asked;

	/**
	 * Create a settlement.
	 * @param services what all settlements share
	 * @param request what the facilitator is asked
	 * @param safe whether the request can be carried out again without harm
	 * @param handle holds the claim of the payment
	 * @param identifier the claim of the identifier that its buyer gave it
	 */
	Settlement(SettlementServices services, FacilitatorRequest request, boolean safe, ClaimHandle handle,
			@Nullable Claim identifier) {
		this.services = services;
		this.request = request;
		this.safe = safe;
		this.handle = handle;
		this.identifier = identifier;
	}

	Claim claim() {
		return this.handle.claim();
	}

	boolean isRedeliverable() {
		return this.services.deliverableFor(this.request) != null;
	}

	void advance(ClaimChange change) {
		this.handle.advance(change);
	}

	/**
	 * The handler runs before its payment is verified, which counts like any other run.
	 */
	void runsUnverified() {
		this.unverified = true;
	}

	/**
	 * Give the authorization back, unless settlement has begun. Unless
	 * {@link #runsUnverified} said otherwise, the handler has not run.
	 * @param reason reason code for the ledger
	 */
	void release(String reason) {
		end(this.unverified ? Abandonment.SELLER_FAILURE : Abandonment.NOT_RUN, reason);
	}

	/**
	 * Refuse an authorization for good before anything was settled. A buyer who is told
	 * that nothing was charged may sign a new payment, so that this one must not be
	 * charged through a copy of the request that is still on its way.
	 * @param refusal what the buyer is told once that is certain
	 * @return what the buyer is told
	 */
	PaymentRefusal reject(PaymentRefusal refusal) {
		Back back = Back.to(ClaimChange.rejected().shortened(this.services.settings().keptLonger()));
		try {
			goBack(back);
			undoIdentifier(refusal.reason().code());
			return refusal;
		}
		catch (StaleClaimException ex) {
			logger.warn("A payment was found invalid after its claim was lost");
			return PaymentRefusal.of(ReasonCode.PAYMENT_IN_PROGRESS, refusal.payer());
		}
		catch (RuntimeException ex) {
			logger.error("An invalid payment could not be recorded: " + ex.getMessage());
			return PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE, refusal.payer());
		}
		finally {
			this.handle.close();
		}
	}

	/**
	 * End the request without a charge of its own. A payment that is settled already
	 * stays settled, and its handler may run again. While the facilitator is asked to
	 * settle, this is remembered and done when it has responded.
	 * @param abandonment whether the handler ran, and why nothing is charged
	 */
	void abandon(Abandonment abandonment) {
		synchronized (this) {
			if (this.settling) {
				this.asked = abandonment;
				return;
			}
		}
		end(abandonment, NOT_BILLABLE);
	}

	private void end(Abandonment abandonment, String reason) {
		if (!this.handle.isOpen()) {
			return;
		}
		try {
			ClaimState state = claim().state();
			if (state == ClaimState.CLAIMED || state == ClaimState.VERIFIED) {
				goBack(back(abandonment, reason));
				forgetIdentifier(reason);
			}
			else if (state == ClaimState.SETTLED && claim().active()) {
				this.handle.advance(ClaimChange.answered(ResponseRecord.none()));
			}
		}
		catch (RuntimeException ex) {
			logger.warn("A claim could not be given back yet: " + ex.getMessage());
		}
		finally {
			this.handle.close();
		}
	}

	/**
	 * A run of the handler that cannot be recorded now is recorded later, for the limit
	 * of runs without a charge. Once the lease is over, no one knows of it.
	 */
	private void goBack(Back back) {
		try {
			back.go(this.services.store(), claim());
		}
		catch (StaleClaimException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.services.settler().goBackLater(claim(), back);
			throw ex;
		}
	}

	/**
	 * Return what becomes of a claim that nothing is charged for.
	 */
	private Back back(Abandonment abandonment, String reason) {
		boolean ran = this.unverified || claim().state() != ClaimState.CLAIMED;
		if (abandonment != Abandonment.NOT_RUN && ran) {
			return Back.to(isLastRun(abandonment) ? this.services.exhausted(reason)
					: this.services.uncharged(claim(), reason));
		}
		return (claim().runs() > 0) ? Back.to(ClaimChange.notRetried()) : Back.release(reason);
	}

	private boolean isLastRun(Abandonment abandonment) {
		return abandonment == Abandonment.BUYER_CAUSED && !this.safe;
	}

	private void forgetIdentifier(String reason) {
		if (this.identifier != null) {
			this.services.store().release(this.identifier, reason);
		}
	}

	/**
	 * Settle.
	 * @param offers offers for the request
	 * @param payment the payment
	 * @param response the response that the buyer gets then, {@link ResponseRecord.None}
	 * if the handler has yet to run
	 */
	Result charge(PaymentOffers offers, ChargeablePayment payment, ResponseRecord response) {
		return settling(() -> {
			BigInteger charge = payment.close();
			FacilitatorRequest question = this.request.charging(charge);
			PaymentRefusal refusal = begin(question, payment, response);
			if (refusal != null) {
				return new Result.Refused(refusal);
			}
			boolean kept = response.isStored() && charge.equals(this.request.requirements().amount());
			return ask(offers, payment, question, kept, !response.isReleased());
		});
	}

	/**
	 * Settle a claim whose handler ran before, and that is {@link ClaimState#SETTLING}
	 * already.
	 * @param offers offers for the request
	 * @param payment the payment
	 */
	Result resume(PaymentOffers offers, ChargeablePayment payment) {
		return settling(() -> ask(offers, payment, this.request.charging(payment.close()), true, false));
	}

	/**
	 * No end of the request comes between the steps of a settlement.
	 */
	private Result settling(Supplier<Result> settlement) {
		synchronized (this) {
			this.settling = true;
		}
		boolean settled = false;
		try {
			Result result = settlement.get();
			settled = result instanceof Result.Paid;
			return result;
		}
		finally {
			Abandonment end = settled();
			if (end != null) {
				end(end, NOT_BILLABLE);
			}
			else if (!settled) {
				this.handle.close();
			}
		}
	}

	private synchronized @Nullable Abandonment settled() {
		this.settling = false;
		return this.asked;
	}

	private @Nullable PaymentRefusal begin(FacilitatorRequest question, ChargeablePayment payment,
			ResponseRecord response) {
		Claim before = claim();
		try {
			byte[] written = this.services.requests().write(question, before);
			advance(ClaimChange.settling(written, seal(response)));
			return null;
		}
		catch (StaleClaimException ex) {
			logger.warn("A payment was not settled because its claim was lost");
			return PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE);
		}
		catch (RuntimeException ex) {
			logger.error("A payment was not settled because it could not be recorded: " + ex.getMessage());
			boolean undone = this.services.settler()
				.undo(before, back(notSettled(), ReasonCode.STORE_UNAVAILABLE.code()));
			if (undone) {
				undoIdentifier(ReasonCode.STORE_UNAVAILABLE.code());
			}
			return undone ? PaymentRefusal.of(ReasonCode.STORE_UNAVAILABLE) : pending(payment, null);
		}
	}

	/**
	 * The handler of a payment that is settled upfront has not run.
	 */
	private Abandonment notSettled() {
		return (PaymentFlow.of(this.request.requirements()) == PaymentFlow.UPFRONT) ? Abandonment.NOT_RUN
				: Abandonment.SELLER_FAILURE;
	}

	private void undoIdentifier(String reason) {
		try {
			forgetIdentifier(reason);
		}
		catch (RuntimeException ex) {
			logger.warn("An identifier could not be given back and stays until it expires: " + ex.getMessage());
		}
	}

	/**
	 * A request that settles for a handler which ran before has not bound the identifier.
	 */
	private void freeIdentifier(ReasonCode reason) {
		this.services.identifiers().free(this.request.payload(), claim(), reason.code());
	}

	private ResponseRecord seal(ResponseRecord response) {
		return this.services.cipher().seal(response, claim());
	}

	private Result ask(PaymentOffers offers, ChargeablePayment payment, FacilitatorRequest question, boolean kept,
			boolean active) {
		return this.services.settler()
			.submit(question, payment.payer())
			.fold((settled) -> settled(offers, payment, settled, active),
					(declined) -> declined(offers, payment, declined),
					(notExecuted) -> notExecuted(payment, notExecuted, kept),
					(unknown) -> unknown(offers, payment, unknown));
	}

	private Result settled(PaymentOffers offers, ChargeablePayment payment, Settled settled, boolean active) {
		Duration window = this.services.deliverableFor(this.request);
		ClaimChange change = ClaimChange.settled(settled.receipt(), window, active).backedBy(settled.transfer());
		PaymentEvent event = new PaymentEvent.Settled(offers, payment, settled.receipt());
		Recorded recorded;
		try {
			recorded = this.services.settler().record(claim(), change);
		}
		catch (DuplicateTransactionException ex) {
			return Schemes.of(payment.requirements()).isPaidBefore()
					? declined(offers, payment, usedBefore(settled.receipt()))
					: unknown(offers, payment, new Unknown("the transaction settled another payment already", null));
		}
		catch (RuntimeException ex) {
			this.services.settler().recordLater(claim(), change, () -> this.services.listener().onPaymentEvent(event));
			return new Result.Refused(pending(payment, settled.receipt().transaction()));
		}
		if (recorded.own()) {
			this.services.listener().onPaymentEvent(event);
		}
		this.handle.follow(recorded.claim(), recorded.own());
		if (active && !recorded.claim().active()) {
			// A reconciler was faster, and what it has recorded may be worked on already
			return new Result.Refused(pending(payment, settled.receipt().transaction()));
		}
		return new Result.Paid(settled.receipt());
	}

	/**
	 * The payer has named the transaction, so that this payment is not another one that
	 * was settled.
	 */
	static Declined usedBefore(SettlementResponse receipt) {
		ReasonCode code = ReasonCode.TRANSFER_ALREADY_USED;
		return new Declined(code, new SettlementResponse(false, code.code(), null, receipt.payer(),
				receipt.transaction(), receipt.network(), null, null, null));
	}

	/**
	 * The handler may have run already. What it charged, where that is less than the
	 * price, is not kept, so that it runs again then. As long as this is not recorded, a
	 * reconciler may settle the payment.
	 */
	private Result notExecuted(ChargeablePayment payment, NotExecuted notExecuted, boolean kept) {
		logger.warn("A settlement was not executed: " + notExecuted.detail());
		ReasonCode code = notExecuted.code();
		boolean ran = notSettled() != Abandonment.NOT_RUN;
		Back back = kept ? Back.to(ClaimChange.executed(code.code())) : back(notSettled(), code.code());
		try {
			back.go(this.services.store(), claim());
		}
		catch (StaleClaimException ex) {
			logger.warn("The claim of a settlement that was not executed was lost");
			return new Result.Refused(pending(payment, null));
		}
		catch (RuntimeException ex) {
			logger.error("A settlement that was not executed could not be recorded: " + ex.getMessage());
			this.services.settler().goBackLater(claim(), back);
			return new Result.Refused(pending(payment, null));
		}
		if (!ran) {
			undoIdentifier(code.code());
		}
		return new Result.Refused(PaymentRefusal.of(code));
	}

	private Result declined(PaymentOffers offers, ChargeablePayment payment, Declined declined) {
		ClaimChange change = ClaimChange.declined(declined.code().code(), declined.receipt())
			.shortened(this.services.settings().keptLonger());
		Runnable event = () -> this.services.listener()
			.onPaymentEvent(new PaymentEvent.Declined(offers, payment, declined.code()));
		Recorded recorded;
		try {
			recorded = this.services.settler().record(claim(), change);
		}
		catch (RuntimeException ex) {
			this.services.settler().recordLater(claim(), change, () -> {
				event.run();
				freeIdentifier(declined.code());
			});
			return new Result.Refused(pending(payment, null));
		}
		this.handle.follow(recorded.claim(), recorded.own());
		if (recorded.own()) {
			event.run();
		}
		freeIdentifier(declined.code());
		String error = declined.receipt().errorReason();
		return new Result.Refused(
				PaymentRefusal.of(declined.code(), (error != null) ? error : declined.code().code(), payment.payer())
					.withReceipt(declined.receipt()));
	}

	private Result unknown(PaymentOffers offers, ChargeablePayment payment, Unknown unknown) {
		logger.warn("The outcome of a settlement on " + payment.requirements().network() + " is unknown: "
				+ unknown.detail());
		try {
			Recorded recorded = this.services.settler()
				.record(claim(),
						ClaimChange.pending(unknown.transaction(), ReconciliationSchedule.after(claim().attempts())));
			this.handle.follow(recorded.claim(), recorded.own());
		}
		catch (RuntimeException ex) {
			// Counts as pending as soon as the lease is over
			logger.error("An unknown outcome could not be recorded: " + ex.getMessage());
		}
		this.services.listener().onPaymentEvent(new PaymentEvent.Unknown(offers, payment, unknown.transaction()));
		return new Result.Refused(pending(payment, unknown.transaction()));
	}

	static PaymentRefusal pending(ChargeablePayment payment, @Nullable String transaction) {
		return PaymentRefusal.of(ReasonCode.SETTLEMENT_PENDING, payment.payer()).withTransaction(transaction);
	}

	/**
	 * The handler of a settled payment has ended.
	 * @param response its response
	 */
	void answered(ResponseRecord response) {
		try {
			record(ClaimChange.answered(seal(response)));
		}
		catch (RuntimeException ex) {
			// The money has moved, the buyer gets what was paid for
			logger.warn("The response to a paid request could not be recorded: " + ex.getMessage());
		}
		finally {
			this.handle.close();
		}
	}

	private void record(ClaimChange answered) {
		Claim before = claim();
		try {
			advance(answered);
		}
		catch (StaleClaimException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.services.settler().answerLater(before, answered);
			throw ex;
		}
	}

	/**
	 * Result of a settlement.
	 */
	sealed interface Result {

		/**
		 * The payment is settled.
		 *
		 * @param receipt the receipt
		 */
		record Paid(SettlementResponse receipt) implements Result {

		}

		/**
		 * The payment is not settled, or not known to be.
		 *
		 * @param refusal the response to the buyer
		 */
		record Refused(PaymentRefusal refusal) implements Result {

		}

		default <T extends @Nullable Object> T fold(Function<? super SettlementResponse, ? extends T> paid,
				Function<? super PaymentRefusal, ? extends T> refused) {
			return (this instanceof Paid result) ? paid.apply(result.receipt())
					: refused.apply(((Refused) this).refusal());
		}

	}

}
