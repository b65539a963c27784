/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import java.util.Locale;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * When money moves in relation to the handler.
 *
 * @since 0.1.0
 */
public enum PaymentFlow {

	/**
	 * Verify the payment, run the handler, settle, then release the response. Nothing is
	 * charged if the handler fails.
	 */
	AUTHORIZATION,

	/**
	 * Settle the payment, then run the handler. For expensive or irreversible work; the
	 * payment stays charged if the handler fails.
	 */
	UPFRONT;

	/**
	 * Return the flow of an offer.
	 * @param requirements the offer
	 * @return its flow
	 */
	public static PaymentFlow of(PaymentRequirements requirements) {
		return UPFRONT.wireName().equals(requirements.extraText(PaymentRequirements.PAYMENT_FLOW)) ? UPFRONT
				: AUTHORIZATION;
	}

	/**
	 * Return the value of {@code extra.paymentFlow}.
	 * @return the name on the wire
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
