/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.payment.PaymentOffers;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Sees a priced request before payment is asked for, and may let it pass without payment
 * (an API key, a free quota) or refuse it with 403 (screening). All beans of this type
 * are asked in order; the first that decides wins.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ProtectedRequestPolicy {

	/**
	 * Decide about a request.
	 * @param request the current request; its body has not been read
	 * @param offers the offers that a buyer would get
	 * @return the decision
	 */
	Decision decide(HttpServletRequest request, PaymentOffers offers);

	/**
	 * What is to happen with a priced request.
	 */
	enum Decision {

		/** Ask for payment, unless another policy decides otherwise. */
		CHARGE,

		/** Let it pass without payment. */
		FREE,

		/** Refuse it with 403, paid or not. */
		REFUSE

	}

}
