/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.condition.RequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.util.ServletRequestPathUtils;
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

	static Optional<PathMatch> of(RequestMappingInfo mapping, HandlerMethod handler, HttpServletRequest request) {
		PathPatternsRequestCondition paths = mapping.getPathPatternsCondition();
		PathPatternsRequestCondition matching = (paths != null) ? paths.getMatchingCondition(request) : null;
		PathPattern pattern = (matching != null) ? matching.getFirstPattern() : null;
		return (pattern != null) ? Optional.of(new PathMatch(mapping, handler, pattern)) : Optional.empty();
	}

	/**
	 * Keep the attributes that {@link #mapped} sets.
	 * @return sets them as they are now
	 */
	static Runnable attributes(HttpServletRequest request) {
		Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
		return () -> {
			request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
			request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, variables);
		};
	}

	boolean fulfils(Condition condition, HttpServletRequest request) {
		return condition.of(this.mapping).getMatchingCondition(request) != null;
	}

	/**
	 * Return the request as if it was mapped, which its price is found with.
	 * @return the request, or {@code null} for a {@code HEAD} request of a mapping that
	 * has no {@code GET}
	 */
	@Nullable HttpServletRequest mapped(HttpServletRequest request) {
		PathPattern.PathMatchInfo info = this.pattern
			.matchAndExtract(ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication());
		request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, this.pattern.getPatternString());
		if (info != null) {
			request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, info.getUriVariables());
		}
		if (fulfils(RequestMappingInfo::getMethodsCondition, request)) {
			return request;
		}
		Set<RequestMethod> methods = this.mapping.getMethodsCondition().getMethods();
		return "HEAD".equals(request.getMethod()) ? null
				: methods.stream().sorted().findFirst().map((method) -> as(method.name(), request)).orElse(null);
	}

	private static HttpServletRequest as(String method, HttpServletRequest request) {
		return new HttpServletRequestWrapper(request) {

			@Override
			public String getMethod() {
				return method;
			}

		};
	}

	/**
	 * A condition of a mapping.
	 */
	@FunctionalInterface
	interface Condition {

		RequestCondition<?> of(RequestMappingInfo mapping);

	}

}
