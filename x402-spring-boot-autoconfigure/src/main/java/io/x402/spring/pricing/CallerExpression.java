/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

/**
 * A condition on the caller of a request, such as an authority that it has.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface CallerExpression {

	/**
	 * Return whether the condition holds for the caller of a request.
	 * @param request the request
	 * @return {@code true} only on evidence
	 * @throws RuntimeException if it cannot be found out; the caller pays then
	 */
	boolean matches(PricingRequest request);

	/**
	 * Reads expressions in the language of the application's access rules.
	 */
	@FunctionalInterface
	interface Parser {

		/**
		 * Read an expression.
		 * @param attribute the attribute or property that it is the value of
		 * @param text the expression as it is written
		 * @return the condition
		 * @throws InvalidPricingException if the text is no expression, or refers to
		 * something that does not exist
		 */
		CallerExpression parse(String attribute, String text);

	}

}
