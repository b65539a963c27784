/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Map;

import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.web.SecurityExpressions;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.security.access.expression.AbstractSecurityExpressionHandler;
import org.springframework.security.access.expression.SecurityExpressionHandler;
import org.springframework.security.access.expression.SecurityExpressionOperations;
import org.springframework.security.access.expression.SecurityExpressionRoot;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import org.springframework.web.server.ServerWebExchange;

/**
 * Requests of WebFlux as expressions about their callers see them. Spring Security has
 * expressions for methods there, and none for requests.
 */
final class ExchangeCallers implements SecurityExpressions.Requests<AuthorizationContext> {

	@Override
	public Class<AuthorizationContext> type() {
		return AuthorizationContext.class;
	}

	@Override
	public AbstractSecurityExpressionHandler<AuthorizationContext> handler() {
		return new Handler();
	}

	@Override
	public @Nullable Class<?> root(SecurityExpressionHandler<AuthorizationContext> handler) {
		return (handler instanceof Handler) ? SecurityExpressionRoot.class : null;
	}

	@Override
	public @Nullable Authentication caller(PricingRequest request) {
		return (Callers.of(request.nativeRequest(ServerWebExchange.class)) instanceof Authentication caller) ? caller
				: null;
	}

	@Override
	public AuthorizationContext of(PricingRequest request) {
		return new AuthorizationContext(request.nativeRequest(ServerWebExchange.class),
				Map.copyOf(request.pathVariables()));
	}

	/**
	 * Evaluates expressions as Spring Security does on Spring MVC.
	 */
	private static final class Handler extends AbstractSecurityExpressionHandler<AuthorizationContext> {

		@Override
		protected SecurityExpressionOperations createSecurityExpressionRoot(@Nullable Authentication caller,
				AuthorizationContext request) {
			SecurityExpressionRoot<AuthorizationContext> root = new SecurityExpressionRoot<>(() -> caller, request) {

			};
			root.setAuthorizationManagerFactory(getAuthorizationManagerFactory());
			root.setPermissionEvaluator(getPermissionEvaluator());
			return root;
		}

		@Override
		protected StandardEvaluationContext createEvaluationContextInternal(@Nullable Authentication caller,
				AuthorizationContext request) {
			StandardEvaluationContext context = super.createEvaluationContextInternal(caller, request);
			request.getVariables().forEach(context::setVariable);
			return context;
		}

	}

}
