/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import org.jspecify.annotations.Nullable;

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
	 * @param settled the payment, if it was settled before and its handler is not run
	 * once more, so that only the rest of what it has bought can be delivered, or
	 * {@code null}
	 */
	record Refused(PaymentRefusal refusal, @Nullable PaymentExchange settled) implements PaymentDecision {

		/**
		 * Create a refusal of a request for which nothing can be delivered.
		 * @param refusal what to respond with
		 */
		public Refused(PaymentRefusal refusal) {
			this(refusal, null);
		}

	}

}
