/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.pricing.PaymentChallenge;
import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;

/**
 * Responds to a priced request of WebFlux that is not served.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface ServerPaymentRequiredEntryPoint {

	/**
	 * Write the whole response.
	 * @param exchange the request and its response, which is not committed
	 * @param challenge what to tell the buyer
	 * @return completes when the response is written
	 */
	Mono<Void> commence(ServerWebExchange exchange, PaymentChallenge challenge);

}
