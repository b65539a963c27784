/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.web.SecurityExpressions;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.access.expression.AbstractSecurityExpressionHandler;
import org.springframework.security.access.expression.SecurityExpressionHandler;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.expression.DefaultHttpSecurityExpressionHandler;
import org.springframework.security.web.access.expression.WebSecurityExpressionRoot;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Requests of Spring MVC as expressions about their callers see them.
 */
final class ServletCallers implements SecurityExpressions.Requests<RequestAuthorizationContext> {

	@Override
	public Class<RequestAuthorizationContext> type() {
		return RequestAuthorizationContext.class;
	}

	@Override
	public AbstractSecurityExpressionHandler<RequestAuthorizationContext> handler() {
		return new DefaultHttpSecurityExpressionHandler();
	}

	@Override
	public @Nullable Class<?> root(SecurityExpressionHandler<RequestAuthorizationContext> handler) {
		return (handler.getClass() == DefaultHttpSecurityExpressionHandler.class) ? WebSecurityExpressionRoot.class
				: null;
	}

	@Override
	public @Nullable Authentication caller(PricingRequest request) {
		return SecurityContextHolder.getContext().getAuthentication();
	}

	@Override
	public RequestAuthorizationContext of(PricingRequest request) {
		return new RequestAuthorizationContext(request.nativeRequest(HttpServletRequest.class),
				request.pathVariables());
	}

}
