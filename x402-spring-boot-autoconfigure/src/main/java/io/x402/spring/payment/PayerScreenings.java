/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Screens payers, and refuses those who cannot be screened.
 */
final class PayerScreenings {

	private static final Log logger = LogFactory.getLog(PayerScreenings.class);

	private final List<PayerScreening> screenings;

	PayerScreenings(List<PayerScreening> screenings) {
		this.screenings = List.copyOf(screenings);
	}

	boolean isEmpty() {
		return this.screenings.isEmpty();
	}

	/**
	 * Return why a payment is not taken.
	 * @param payer address of the payer, or {@code null} if it is not known
	 * @param offer what is paid
	 * @return the reason, or {@code null} if there is no objection to the payer
	 */
	@Nullable ReasonCode objection(@Nullable String payer, PaymentRequirements offer) {
		if (isEmpty()) {
			return null;
		}
		if (payer == null) {
			logger.error("A payment was refused because the facilitator does not name its payer");
			return ReasonCode.SCREENING_UNAVAILABLE;
		}
		try {
			return this.screenings.stream().allMatch((screening) -> screening.accepts(payer, offer)) ? null
					: ReasonCode.PAYER_REFUSED;
		}
		catch (RuntimeException ex) {
			logger.error("A payment was refused because its payer could not be screened", ex);
			return ReasonCode.SCREENING_UNAVAILABLE;
		}
	}

}
