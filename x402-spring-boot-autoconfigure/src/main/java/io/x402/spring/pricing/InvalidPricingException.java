/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import org.jspecify.annotations.Nullable;

/**
 * Thrown for a price that cannot be offered: at startup, or for a request where the price
 * depends on the request.
 *
 * @since 0.1.0
 */
public class InvalidPricingException extends RuntimeException {

	private final String attribute;

	private final String value;

	private final String problem;

	private final String remedy;

	private final @Nullable String handler;

	/**
	 * Create an exception.
	 * @param attribute the invalid attribute
	 * @param value its value
	 * @param problem why it is invalid
	 * @param remedy how to correct it
	 */
	public InvalidPricingException(String attribute, String value, String problem, String remedy) {
		this(attribute, value, problem, remedy, null);
	}

	private InvalidPricingException(String attribute, String value, String problem, String remedy,
			@Nullable String handler) {
		super(((handler != null) ? handler + ": " : "") + attribute + " '" + value + "': " + problem);
		this.attribute = attribute;
		this.value = value;
		this.problem = problem;
		this.remedy = remedy;
		this.handler = handler;
	}

	/**
	 * Return the same exception with the handler.
	 * @param handler the handler or route with the invalid price
	 * @return a new exception
	 */
	public InvalidPricingException of(String handler) {
		InvalidPricingException exception = new InvalidPricingException(this.attribute, this.value, this.problem,
				this.remedy, handler);
		exception.addSuppressed(this);
		return exception;
	}

	/**
	 * Return the problem in one sentence.
	 * @return the description
	 */
	public String description() {
		String where = (this.handler != null) ? " of " + this.handler : "";
		String what = this.value.isEmpty() ? " is missing: " : " is '" + this.value + "': ";
		String end = this.problem.endsWith("?") ? "" : ".";
		return "The payment attribute '" + this.attribute + "'" + where + what + this.problem + end;
	}

	/**
	 * Return the remedy in one sentence.
	 * @return the remedy
	 */
	public String remedy() {
		return this.remedy;
	}

}
