/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a priced request.
 *
 * @since 0.1.0
 */
public sealed interface Admission {

	/**
	 * The request carries a payment that can be read; see {@link PaymentGate#take}.
	 *
	 * @param priced the priced request
	 * @param offers offers for it
	 * @param payment the payment, not checked yet
	 */
	record Presented(PricedRequest priced, PaymentOffers offers, PaymentPayload payment) implements Admission {

	}

	/**
	 * The handler may run for a payment.
	 *
	 * @param exchange the payment of this request
	 * @param pass the pass that it buys, or {@code null} if none is sold
	 */
	record Paid(PaymentExchange exchange, @Nullable SoldPass pass) implements Admission {

	}

	/**
	 * The handler has run for this payment before; its response is delivered again.
	 *
	 * @param exchange the settled payment
	 * @param response the stored response
	 * @param pass the pass that it has bought, or {@code null} if none is sold
	 */
	record Redelivered(PaymentExchange exchange, StoredResponse response,
			@Nullable SoldPass pass) implements Admission {

	}

	/**
	 * The handler must not run.
	 *
	 * @param challenge what to respond
	 * @param version the version the buyer speaks
	 * @param pass the pass that the payment has bought before, or {@code null} if there
	 * is none
	 */
	record Refused(PaymentChallenge challenge, ProtocolVersion version, @Nullable SoldPass pass) implements Admission {

		/**
		 * Create a refusal of a request that has bought no pass.
		 * @param challenge what to respond
		 * @param version the version the buyer speaks
		 */
		public Refused(PaymentChallenge challenge, ProtocolVersion version) {
			this(challenge, version, null);
		}

	}

}
