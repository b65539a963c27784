/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Callers who do not pay.
 */
final class FreeCallers {

	static final String PROPERTY = "x402.free-for";

	private static final String ATTRIBUTE = "freeFor";

	private static final Log logger = LogFactory.getLog(FreeCallers.class);

	private final CallerExpression.Parser parser;

	private final @Nullable CallerExpression all;

	/**
	 * Create an instance.
	 * @param parser reads expressions
	 * @param all expression for prices that set none, empty if everybody pays
	 * @throws InvalidPricingException if the expression cannot be read
	 */
	FreeCallers(CallerExpression.Parser parser, String all) {
		this.parser = parser;
		this.all = all.isEmpty() ? null : parse(PROPERTY, all);
	}

	/**
	 * Return the callers who do not pay a price.
	 * @param expressions the expressions of its offers, without empty ones
	 * @return the condition, or {@code null} if everybody pays
	 * @throws InvalidPricingException if there are different ones, or one cannot be read
	 */
	@Nullable CallerExpression of(List<String> expressions) {
		List<String> distinct = expressions.stream().distinct().toList();
		if (distinct.size() > 1) {
			throw new InvalidPricingException(ATTRIBUTE, String.join(", ", distinct),
					"the offers of a handler are free for the same callers", "Set it on one of the offers.");
		}
		return distinct.isEmpty() ? this.all : parse(ATTRIBUTE, distinct.get(0));
	}

	private CallerExpression parse(String attribute, String text) {
		return new Guarded(attribute, text, this.parser.parse(attribute, text), new AtomicBoolean());
	}

	/**
	 * Return the expression that a handler sets itself.
	 * @param callers its callers who do not pay
	 * @return the expression as it is written, or {@code null} if it sets none
	 */
	static @Nullable String named(@Nullable CallerExpression callers) {
		return (callers instanceof Guarded guarded && guarded.attribute().equals(ATTRIBUTE)) ? guarded.text() : null;
	}

	/**
	 * Lets callers pay for whom the condition cannot be found out. Requests can cause
	 * that, so that it is logged once.
	 *
	 * @param attribute the attribute or property that it is the value of
	 * @param text the expression as it is written
	 * @param condition the condition
	 * @param failed whether it has failed before
	 */
	private record Guarded(String attribute, String text, CallerExpression condition,
			AtomicBoolean failed) implements CallerExpression {

		@Override
		public boolean matches(PricingRequest request) {
			try {
				return this.condition.matches(request);
			}
			catch (RuntimeException ex) {
				if (!this.failed.getAndSet(true)) {
					logger.warn("Callers pay as long as '" + this.text + "' cannot be evaluated", ex);
				}
				return false;
			}
		}

	}

}
