package io.x402.spring.payment;

import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * The payment of one request, from verification to its end. The only way to settle it,
 * and at most once.
 */
public final class PaymentExchange {

	private final Settlement settlement;

	private final PaymentTerms terms;

	private final VerifiedPayment payment;

	/** Whether this exchange has settled, released, or told what was answered. */
	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile boolean settledBefore;

	private volatile boolean delivering;

	private volatile @Nullable SettlementResponse receipt;

	/**
	 * Create an exchange.
	 * @param settlement how to settle or release it
	 * @param terms what was asked for
	 * @param payment the verified payment; settled already if it has a receipt
	 */
	PaymentExchange(Settlement settlement, PaymentTerms terms, VerifiedPayment payment) {
		this.settlement = settlement;
		this.terms = terms;
		this.payment = payment;
		this.receipt = payment.receipt();
		this.settledBefore = this.receipt != null;
	}

	/**
	 * Return how this payment is settled or given back.
	 * @return the settlement
	 */
	Settlement settlement() {
		return this.settlement;
	}

	/**
	 * Return what was asked for.
	 * @return the terms
	 */
	public PaymentTerms terms() {
		return this.terms;
	}

	/**
	 * Return the payment.
	 * @return the verified payment
	 */
	public VerifiedPayment payment() {
		return this.payment;
	}

	/**
	 * Return the receipt.
	 * @return the receipt, or {@code null} as long as the payment is not settled
	 */
	public @Nullable SettlementResponse receipt() {
		return this.receipt;
	}

	/**
	 * Make sure that the answer of the handler may be released: settle the payment,
	 * unless it is settled already, and keep the answer. Blocks until the facilitator has
	 * answered or its time is up.
	 * @param answer the answer, opaque to the engine, or {@code null} if it is not kept
	 * @return {@code null} if the payment is settled, else what to answer instead of the
	 * content
	 */
	public @Nullable PaymentRefusal settle(byte @Nullable [] answer) {
		byte[] kept = (answer != null) ? answer : new byte[0];
		if (this.receipt != null) {
			if (this.settledBefore && this.ended.compareAndSet(false, true)) {
				this.settlement.answered(kept);
			}
			return null;
		}
		if (!this.ended.compareAndSet(false, true)) {
			throw new IllegalStateException("This payment was ended already");
		}
		Settlement.Result result = this.settlement.settle(this.terms, this.payment, kept);
		this.receipt = result.receipt();
		return result.refusal();
	}

	/**
	 * Settle the payment for an answer that is not certain yet. {@link #settle} tells the
	 * answer later, or {@link #release} that there is none, after which the handler may
	 * run for this payment again.
	 * @return {@code null} if the payment is settled, else what to answer instead of the
	 * content
	 */
	public @Nullable PaymentRefusal settleAhead() {
		if (this.receipt != null) {
			return null;
		}
		if (!this.settlement.isRedeliverable()) {
			return settle(null);
		}
		if (!this.ended.compareAndSet(false, true)) {
			throw new IllegalStateException("This payment was ended already");
		}
		Settlement.Result result = this.settlement.settle(this.terms, this.payment, null);
		this.receipt = result.receipt();
		if (this.receipt != null) {
			this.settledBefore = true;
			this.ended.set(false);
		}
		return result.refusal();
	}

	/**
	 * Tell that more is released than the answer that was kept.
	 */
	public void forgetAnswer() {
		this.settlement.forgetAnswer();
	}

	/**
	 * Tell that an answer that is not kept begins to be released. It has been delivered,
	 * as far as can be told here, when {@link #release} is called; if the process dies
	 * before, the handler may run for this payment again.
	 */
	public void delivering() {
		this.delivering = true;
	}

	/**
	 * End the exchange without charging, so that the payment can be used again. A payment
	 * that was settled before the handler ran stays settled, and the handler may run for
	 * it again, unless the answer was released. Does nothing once the answer is kept or
	 * settlement has begun.
	 */
	public void release() {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		if (this.delivering) {
			this.settlement.forgetAnswer();
		}
		else if (this.settledBefore) {
			this.settlement.answered(null);
		}
		else {
			this.settlement.abandon(Abandonment.NOT_RUN);
		}
	}

}
