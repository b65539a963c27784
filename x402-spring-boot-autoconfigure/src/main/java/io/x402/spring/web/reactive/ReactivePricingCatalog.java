/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricingCatalog;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Lists the mappings of WebFlux: handler methods, other handlers such as static
 * resources, and routes. Functional endpoints are listed by the routes that price them.
 *
 * @param pricing finds prices
 * @param mappings the mappings of handler methods
 * @param urlMappings the mappings of other handlers
 */
record ReactivePricingCatalog(HandlerPricing pricing, ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
		ObjectProvider<AbstractUrlHandlerMapping> urlMappings) implements PricingCatalog {

	@Override
	public List<PricedHandler> handlers() {
		Stream<PricedHandler> handlerMethods = this.mappings.orderedStream()
			.flatMap((mapping) -> mapping.getHandlerMethods().entrySet().stream())
			.map((entry) -> describe(entry.getKey(), entry.getValue()));
		Stream<PricedHandler> others = this.urlMappings.orderedStream()
			.map(AbstractUrlHandlerMapping::getHandlerMap)
			.flatMap((handlers) -> handlers.entrySet().stream())
			.map(this::describe);
		return this.pricing.catalog(Stream.concat(handlerMethods, others));
	}

	private PricedHandler describe(RequestMappingInfo mapping, HandlerMethod handler) {
		Set<String> paths = mapping.getPatternsCondition()
			.getPatterns()
			.stream()
			.map(PathPattern::getPatternString)
			.collect(Collectors.toSet());
		return this.pricing.describeMethod(handler, mapping.getMethodsCondition().getMethods(), paths);
	}

	private PricedHandler describe(Map.Entry<PathPattern, Object> mapping) {
		return this.pricing.describe(mapping.getValue(), Set.of(), Set.of(mapping.getKey().getPatternString()));
	}

}
