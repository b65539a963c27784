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

	private final AtomicBoolean ended;

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
		this.ended = new AtomicBoolean(this.receipt != null);
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
	 * Settle the payment. Blocks until the facilitator has answered or its time is up.
	 * @return {@code null} if the payment is settled, else what to answer instead of the
	 * content
	 */
	public @Nullable PaymentRefusal settle() {
		if (this.receipt != null) {
			return null;
		}
		if (!this.ended.compareAndSet(false, true)) {
			throw new IllegalStateException("This payment was ended already");
		}
		Settlement.Result result = this.settlement.settle(this.terms, this.payment);
		this.receipt = result.receipt();
		return result.refusal();
	}

	/**
	 * End the exchange without charging, so that the payment can be used again. Does
	 * nothing once settlement has begun.
	 */
	public void release() {
		if (this.ended.compareAndSet(false, true)) {
			this.settlement.release();
		}
	}

}
