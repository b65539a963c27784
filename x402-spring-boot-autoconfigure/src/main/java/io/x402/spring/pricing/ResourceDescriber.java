/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import org.jspecify.annotations.Nullable;

/**
 * Describes mappings for catalogues of paid resources.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ResourceDescriber {

	/**
	 * Describe the mapping that a request was mapped to.
	 * @param handler the handler that the transport resolved; at startup the
	 * {@link PaymentRoute} for functional endpoints
	 * @param request the request
	 * @return the declaration, the same instance for all requests of the mapping, or
	 * {@code null} if it is not declared
	 */
	@Nullable ResourceDeclaration describe(Object handler, PricingRequest request);

}
