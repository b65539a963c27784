/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.condition.PatternsRequestCondition;
import org.springframework.web.reactive.result.condition.RequestCondition;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * A mapping whose path pattern matches a request, whatever its other conditions.
 *
 * @param mapping the mapping
 * @param handler its handler
 * @param pattern the pattern that matches
 */
record PathMatch(RequestMappingInfo mapping, HandlerMethod handler, PathPattern pattern) {

	/** The conditions besides the path, in the order in which Spring looks at them. */
	static final List<Condition> CONDITIONS = List.of(RequestMappingInfo::getMethodsCondition,
			RequestMappingInfo::getConsumesCondition, RequestMappingInfo::getProducesCondition,
			RequestMappingInfo::getParamsCondition, RequestMappingInfo::getHeadersCondition);

	static Optional<PathMatch> of(RequestMappingInfo mapping, HandlerMethod handler, ServerWebExchange exchange) {
		PatternsRequestCondition matching = mapping.getPatternsCondition().getMatchingCondition(exchange);
		return Optional.ofNullable(matching)
			.flatMap((patterns) -> patterns.getPatterns().stream().findFirst())
			.map((pattern) -> new PathMatch(mapping, handler, pattern));
	}

	boolean fulfils(Condition condition, ServerWebExchange exchange) {
		return condition.of(this.mapping).getMatchingCondition(exchange) != null;
	}

	/**
	 * Return the request as if it was mapped, which its price is found with.
	 * @return the request, or {@code null} for a {@code HEAD} request of a mapping that
	 * has no {@code GET}
	 */
	@Nullable ServerWebExchange mapped(ServerWebExchange exchange) {
		PathPattern.PathMatchInfo info = this.pattern
			.matchAndExtract(exchange.getRequest().getPath().pathWithinApplication());
		exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, this.pattern);
		if (info != null) {
			exchange.getAttributes().put(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, info.getUriVariables());
		}
		if (fulfils(RequestMappingInfo::getMethodsCondition, exchange)) {
			return exchange;
		}
		return (exchange.getRequest().getMethod() == HttpMethod.HEAD) ? null
				: this.mapping.getMethodsCondition()
					.getMethods()
					.stream()
					.sorted()
					.findFirst()
					.map((method) -> as(method, exchange))
					.orElse(null);
	}

	private static ServerWebExchange as(RequestMethod method, ServerWebExchange exchange) {
		return exchange.mutate().request((request) -> request.method(method.asHttpMethod())).build();
	}

	/**
	 * A condition of a mapping.
	 */
	@FunctionalInterface
	interface Condition {

		RequestCondition<?> of(RequestMappingInfo mapping);

	}

}
