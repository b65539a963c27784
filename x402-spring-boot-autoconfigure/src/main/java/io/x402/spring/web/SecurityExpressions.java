/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import io.x402.spring.pricing.CallerExpression;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricingRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.security.access.expression.AbstractSecurityExpressionHandler;
import org.springframework.security.access.expression.SecurityExpressionHandler;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.util.function.SingletonSupplier;

/**
 * Reads expressions about callers as Spring Security does in its rules for requests, with
 * the application's handler of expressions and role hierarchy, if it has them.
 *
 * @param <T> the request as expressions see it
 * @since 0.2.0
 */
public final class SecurityExpressions<T> implements CallerExpression.Parser {

	private static final String REMEDY = "Write it as for Spring Security, such as hasAuthority('CUSTOMER').";

	private final ApplicationContext context;

	private final Requests<T> requests;

	/** Not before it is needed, since it may be a bean of the application. */
	private final SingletonSupplier<SecurityExpressionHandler<T>> handler;

	/**
	 * Create an instance.
	 * @param context the application
	 * @param requests the requests of its web stack
	 */
	public SecurityExpressions(ApplicationContext context, Requests<T> requests) {
		this.context = context;
		this.requests = requests;
		this.handler = SingletonSupplier.of(() -> handler(context, requests));
	}

	private static <T> SecurityExpressionHandler<T> handler(ApplicationContext context, Requests<T> requests) {
		ObjectProvider<SecurityExpressionHandler<T>> own = context
			.getBeanProvider(ResolvableType.forClassWithGenerics(SecurityExpressionHandler.class, requests.type()));
		return own.getIfUnique(() -> defaultHandler(context, requests));
	}

	private static <T> AbstractSecurityExpressionHandler<T> defaultHandler(ApplicationContext context,
			Requests<T> requests) {
		AbstractSecurityExpressionHandler<T> handler = requests.handler();
		handler.setApplicationContext(context);
		context.getBeanProvider(RoleHierarchy.class).ifUnique((hierarchy) -> {
			DefaultAuthorizationManagerFactory<T> factory = new DefaultAuthorizationManagerFactory<>();
			factory.setRoleHierarchy(hierarchy);
			handler.setAuthorizationManagerFactory(factory);
		});
		return handler;
	}

	@Override
	public CallerExpression parse(String attribute, String text) {
		SecurityExpressionHandler<T> current = this.handler.obtain();
		Expression expression;
		try {
			expression = current.getExpressionParser().parseExpression(text);
		}
		catch (ParseException ex) {
			throw new InvalidPricingException(attribute, text,
					"the expression cannot be parsed: " + ex.getSimpleMessage(), REMEDY);
		}
		String unknown = new SecurityNames(this.context, this.requests.root(current)).unknown(expression);
		if (unknown != null) {
			throw new InvalidPricingException(attribute, text, "there is no " + unknown, REMEDY);
		}
		return (request) -> matches(current, expression, request);
	}

	private boolean matches(SecurityExpressionHandler<T> handler, Expression expression, PricingRequest request) {
		Authentication caller = this.requests.caller(request);
		if (caller == null) {
			return false;
		}
		EvaluationContext context = handler.createEvaluationContext(() -> caller, this.requests.of(request));
		return Boolean.TRUE.equals(expression.getValue(context, Object.class));
	}

	/**
	 * Requests of a web stack.
	 *
	 * @param <T> the request as expressions see it
	 */
	public interface Requests<T> {

		/**
		 * Return the type of requests as expressions see them.
		 * @return the type
		 */
		Class<T> type();

		/**
		 * Create what evaluates expressions where the application has nothing of its own.
		 * @return the handler
		 */
		AbstractSecurityExpressionHandler<T> handler();

		/**
		 * Return the type that methods without a target belong to.
		 * @param handler evaluates expressions
		 * @return the type, or {@code null} if the handler is the application's own
		 */
		@Nullable Class<?> root(SecurityExpressionHandler<T> handler);

		/**
		 * Return who sends a request.
		 * @param request the request
		 * @return the caller, or {@code null} if it is unknown
		 */
		@Nullable Authentication caller(PricingRequest request);

		/**
		 * Return a request as expressions see it.
		 * @param request the request
		 * @return the request
		 */
		T of(PricingRequest request);

	}

}
