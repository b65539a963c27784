/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The response to a priced request that is refused, encoded on demand.
 *
 * @since 0.1.0
 */
public interface PaymentChallenge {

	/**
	 * Return the offers for the request.
	 * @return the offers, or {@code null} if they could not be made, so that the request
	 * is refused with {@link ReasonCode#PAYMENTS_UNAVAILABLE}
	 */
	@Nullable PaymentOffers offers();

	/**
	 * Return why the request is refused.
	 * @return the refusal
	 */
	PaymentRefusal refusal();

	/**
	 * Return the offers as protocol version 2 sends them.
	 * @return value of the {@code PAYMENT-REQUIRED} header
	 * @throws IllegalStateException if there are no offers
	 */
	String header();

	/**
	 * Return the document of protocol version 2 for transports without a limit on its
	 * length.
	 * @return UTF-8 bytes of a JSON object
	 * @throws IllegalStateException if there are no offers
	 */
	byte[] document();

	/**
	 * Return the body of the response: the offers that protocol version 1 can express, or
	 * else those of version 2, with the reason code and a sentence that explains it.
	 * @return UTF-8 bytes of a JSON object
	 */
	byte[] body();

	/**
	 * Return whether the buyer may send another payment for the request.
	 * @return {@code true} for 402 and 412 without a settlement attempt
	 */
	default boolean asksForPayment() {
		return ChallengeEncoder.asksForPayment(refusal());
	}

}
