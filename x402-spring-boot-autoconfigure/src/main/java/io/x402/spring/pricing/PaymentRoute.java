/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Set;

import org.springframework.http.HttpMethod;

/**
 * Prices handlers that cannot be annotated, by path.
 *
 * @param pattern path pattern, within the application
 * @param methods HTTP methods, empty for all; GET includes HEAD, and non-standard methods
 * are always included
 * @param offers the offers, at least one
 * @since 0.1.0
 */
public record PaymentRoute(String pattern, Set<HttpMethod> methods, List<OfferDefinition> offers) {

	public PaymentRoute {
		methods = Set.copyOf(methods);
		offers = List.copyOf(offers);
	}

}
