/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The declaration of a mapping for one of its requests.
 *
 * @param declaration the declaration, or {@code null} if the mapping is not declared
 * @param pathParams values of the path variables that it declares, by name
 */
record DescribedMapping(@Nullable ResourceDeclaration declaration, Map<String, String> pathParams) {

	static final DescribedMapping NONE = new DescribedMapping(null, Map.of());

	static DescribedMapping of(@Nullable ResourceDeclaration declaration, PricingRequest request) {
		if (declaration == null || declaration.pathVariables().isEmpty()) {
			return (declaration != null) ? new DescribedMapping(declaration, Map.of()) : NONE;
		}
		Map<String, String> pathParams = new TreeMap<>(request.pathVariables());
		pathParams.keySet().retainAll(declaration.pathVariables());
		return new DescribedMapping(declaration, pathParams);
	}

}
