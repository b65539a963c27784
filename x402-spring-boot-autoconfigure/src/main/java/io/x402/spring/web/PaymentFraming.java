/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Set;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;

/**
 * Another way than that of x402 in which requests carry payments and responses ask for
 * them. The engine gets the payment of version 2 that stands for the same authorization,
 * and knows nothing of the framing.
 *
 * @since 0.2.0
 */
public interface PaymentFraming {

	/**
	 * Return the request headers that may carry a payment in this framing.
	 * @return names of headers
	 */
	Set<String> requestHeaders();

	/**
	 * Return whether a request carries a payment in this framing.
	 * @param request the request
	 * @return whether there is one, well-formed or not
	 */
	boolean isPresent(RequestHead request);

	/**
	 * Read the payment of a request that carries one in this framing.
	 * @param request the request
	 * @param offers offers for it
	 * @return the same payment as a buyer of version 2 sends it
	 * @throws InvalidPaymentException if there is more than one, it is not well-formed,
	 * or not for this request
	 */
	PaymentPayload read(RequestHead request, PaymentOffers offers);

	/**
	 * Complete the response to a request that is not served.
	 * @param request the request
	 * @param challenge what to report to the buyer
	 * @param document the response as buyers of x402 read it
	 * @return the response
	 */
	RefusalDocument refuse(RequestHead request, PaymentChallenge challenge, RefusalDocument document);

	/**
	 * Add the receipt to a response that is about to be released.
	 * @param headers headers of the response
	 * @param offer the offer that was paid
	 * @param receipt receipt of a settlement that succeeded
	 */
	void receipt(ResponseHeaders headers, PaymentRequirements offer, SettlementResponse receipt);

}
