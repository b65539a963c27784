/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.payment.PaymentOffers;
import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;

/**
 * Sees a priced request of WebFlux before payment is asked for, and may let it pass
 * without payment (an API key) or refuse it with 403 (screening). All beans of this type
 * are asked in order; the first that decides wins.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface ServerProtectedRequestPolicy {

	/**
	 * Decide about a request, without blocking.
	 * @param exchange the current request; its body has not been read
	 * @param offers the offers that a buyer would get
	 * @return the decision; empty is the same as {@link Decision#CHARGE}
	 */
	Mono<Decision> decide(ServerWebExchange exchange, PaymentOffers offers);

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
