/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.pricing.CallerExpression;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricingRequest;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.security.access.expression.SecurityExpressionHandler;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.expression.DefaultHttpSecurityExpressionHandler;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.util.function.SingletonSupplier;

/**
 * Reads expressions about callers as Spring Security does in its rules for requests, with
 * the application's handler of expressions and role hierarchy, if it has them.
 */
final class SecurityExpressions implements CallerExpression.Parser {

	private static final String REMEDY = "Write it as for Spring Security, such as hasAuthority('CUSTOMER').";

	private final ApplicationContext context;

	/** Not before it is needed, since it may be a bean of the application. */
	private final SingletonSupplier<SecurityExpressionHandler<RequestAuthorizationContext>> handler;

	/**
	 * Create an instance.
	 * @param context the application
	 */
	SecurityExpressions(ApplicationContext context) {
		this.context = context;
		this.handler = SingletonSupplier.of(() -> handler(context));
	}

	private static SecurityExpressionHandler<RequestAuthorizationContext> handler(ApplicationContext context) {
		ObjectProvider<SecurityExpressionHandler<RequestAuthorizationContext>> own = context
			.getBeanProvider(ResolvableType.forClassWithGenerics(SecurityExpressionHandler.class,
					RequestAuthorizationContext.class));
		return own.getIfUnique(() -> defaultHandler(context));
	}

	private static DefaultHttpSecurityExpressionHandler defaultHandler(ApplicationContext context) {
		DefaultHttpSecurityExpressionHandler handler = new DefaultHttpSecurityExpressionHandler();
		handler.setApplicationContext(context);
		context.getBeanProvider(RoleHierarchy.class).ifUnique((hierarchy) -> {
			DefaultAuthorizationManagerFactory<RequestAuthorizationContext> factory = new DefaultAuthorizationManagerFactory<>();
			factory.setRoleHierarchy(hierarchy);
			handler.setAuthorizationManagerFactory(factory);
		});
		return handler;
	}

	@Override
	public CallerExpression parse(String attribute, String text) {
		SecurityExpressionHandler<RequestAuthorizationContext> current = this.handler.obtain();
		Expression expression;
		try {
			expression = current.getExpressionParser().parseExpression(text);
		}
		catch (ParseException ex) {
			throw new InvalidPricingException(attribute, text,
					"the expression cannot be parsed: " + ex.getSimpleMessage(), REMEDY);
		}
		String unknown = SecurityNames.of(this.context, current).unknown(expression);
		if (unknown != null) {
			throw new InvalidPricingException(attribute, text, "there is no " + unknown, REMEDY);
		}
		return (request) -> matches(current, expression, request);
	}

	private static boolean matches(SecurityExpressionHandler<RequestAuthorizationContext> handler,
			Expression expression, PricingRequest request) {
		Authentication caller = SecurityContextHolder.getContext().getAuthentication();
		if (caller == null) {
			return false;
		}
		EvaluationContext context = handler.createEvaluationContext(() -> caller, new RequestAuthorizationContext(
				request.nativeRequest(HttpServletRequest.class), request.pathVariables()));
		return Boolean.TRUE.equals(expression.getValue(context, Object.class));
	}

}
