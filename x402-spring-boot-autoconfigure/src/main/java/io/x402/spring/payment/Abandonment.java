/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

/**
 * Why a request ends without a charge, which decides what its payment is good for
 * afterwards.
 *
 * @since 0.1.0
 */
public enum Abandonment {

	/** The handler did not run. The authorization is given back entirely. */
	NOT_RUN,

	/**
	 * The handler ran and failed. Nothing is charged, and the same payment may run it
	 * again, a limited number of times.
	 */
	SELLER_FAILURE,

	/**
	 * The handler ran, and the request itself is the reason why its response is not
	 * delivered, such as an {@code Accept} header that it cannot satisfy. The same
	 * payment runs the handler of a safe request again, a limited number of times, and
	 * that of any other request never.
	 */
	BUYER_CAUSED

}
