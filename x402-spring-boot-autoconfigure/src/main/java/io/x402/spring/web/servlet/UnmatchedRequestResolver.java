/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.web.PaymentHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.server.PathContainer;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Asks for payment where Spring MVC finds a handler for path and method but not for the
 * media types of the request. Buyers and indexes often look at a price without the body,
 * content type or {@code Accept} header of a purchase, and 415 or 406 would hide the
 * price from them. Requests that carry a payment keep Spring's response and are not
 * charged.
 */
final class UnmatchedRequestResolver implements HandlerExceptionResolver {

	private static final Log logger = LogFactory.getLog(UnmatchedRequestResolver.class);

	private final PaymentInterceptor interceptor;

	private final PaymentHeaders headers;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create a resolver.
	 * @param interceptor asks for payment
	 * @param headers finds payments
	 * @param mappings the handler mappings of the application
	 */
	UnmatchedRequestResolver(PaymentInterceptor interceptor, PaymentHeaders headers,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.interceptor = interceptor;
		this.headers = headers;
		this.mappings = mappings;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (handler != null || !(ex instanceof HttpMediaTypeException)
				|| this.headers.isPresent(new ServletRequestHead(request)) || response.isCommitted()) {
			return null;
		}
		List<Match> matches = this.mappings.stream().flatMap((mapping) -> matches(mapping, request)).toList();
		// One free handler is reason enough to let Spring say what it would have taken
		return (!matches.isEmpty()
				&& matches.stream().allMatch((match) -> this.interceptor.isPriced(request, match.handler())))
						? challenge(request, response, matches.get(0)) : null;
	}

	private static Stream<Match> matches(RequestMappingInfoHandlerMapping mapping, HttpServletRequest request) {
		return mapping.getHandlerMethods().entrySet().stream().flatMap((entry) -> {
			PathPattern pattern = match(entry.getKey(), request);
			return (pattern != null) ? Stream.of(new Match(entry.getValue(), pattern)) : Stream.empty();
		});
	}

	private static @Nullable PathPattern match(RequestMappingInfo mapping, HttpServletRequest request) {
		PathPatternsRequestCondition paths = mapping.getPathPatternsCondition();
		PathPatternsRequestCondition matching = (paths != null && ServletRequestPathUtils.hasParsedRequestPath(request))
				? paths.getMatchingCondition(request) : null;
		return (matching != null && matchesBesidesPath(mapping, request)) ? matching.getFirstPattern() : null;
	}

	private static boolean matchesBesidesPath(RequestMappingInfo mapping, HttpServletRequest request) {
		return mapping.getMethodsCondition().getMatchingCondition(request) != null
				&& mapping.getParamsCondition().getMatchingCondition(request) != null
				&& mapping.getHeadersCondition().getMatchingCondition(request) != null;
	}

	private @Nullable ModelAndView challenge(HttpServletRequest request, HttpServletResponse response, Match match) {
		PathContainer path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication();
		PathPattern.PathMatchInfo variables = match.pattern().matchAndExtract(path);
		request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, match.pattern().getPatternString());
		if (variables != null) {
			request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, variables.getUriVariables());
		}
		try {
			if (!this.interceptor.preHandle(request, response, match.handler())) {
				return new ModelAndView();
			}
			PaymentAttributes.of(request).giveBack();
			return null;
		}
		catch (Exception ex) {
			logger.error("A price could not be asked for", ex);
			return null;
		}
	}

	private record Match(HandlerMethod handler, PathPattern pattern) {

	}

}
