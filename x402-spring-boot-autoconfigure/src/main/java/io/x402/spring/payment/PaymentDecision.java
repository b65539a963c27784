package io.x402.spring.payment;

/**
 * What becomes of a request that carries a payment.
 */
public sealed interface PaymentDecision {

	/**
	 * The handler may run.
	 *
	 * @param exchange the payment of this request
	 */
	record Accepted(PaymentExchange exchange) implements PaymentDecision {

	}

	/**
	 * The handler must not run.
	 *
	 * @param refusal what to answer
	 */
	record Refused(PaymentRefusal refusal) implements PaymentDecision {

	}

}
