/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

/**
 * What becomes of a request that carries a payment.
 *
 * @since 0.1.0
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
	 * The handler has run for this payment before; its response is delivered again.
	 *
	 * @param exchange the settled payment
	 * @param response the stored response of the handler, as it was handed over
	 * @param record records the redelivery, to be run once the response is known to fit
	 * the request
	 */
	record Redelivered(PaymentExchange exchange, byte[] response, Runnable record) implements PaymentDecision {

	}

	/**
	 * The handler must not run.
	 *
	 * @param refusal what to respond with
	 */
	record Refused(PaymentRefusal refusal) implements PaymentDecision {

	}

}
