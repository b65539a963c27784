/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import org.jspecify.annotations.Nullable;

/**
 * A price that cannot be asked for. Found at startup for everything that does not depend
 * on the request.
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
	 * @param attribute the attribute that is wrong
	 * @param value its value
	 * @param problem what is wrong with it
	 * @param remedy what to do about it
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
	 * Return the same exception for a handler.
	 * @param handler the handler or route whose price is wrong
	 * @return a new exception
	 */
	public InvalidPricingException of(String handler) {
		InvalidPricingException exception = new InvalidPricingException(this.attribute, this.value, this.problem,
				this.remedy, handler);
		exception.addSuppressed(this);
		return exception;
	}

	/**
	 * Return what is wrong, in one sentence.
	 * @return the description
	 */
	public String description() {
		String where = (this.handler != null) ? " of " + this.handler : "";
		String what = this.value.isEmpty() ? " is missing: " : " is '" + this.value + "': ";
		String end = this.problem.endsWith("?") ? "" : ".";
		return "The payment attribute '" + this.attribute + "'" + where + what + this.problem + end;
	}

	/**
	 * Return what to do about it.
	 * @return the remedy
	 */
	public String remedy() {
		return this.remedy;
	}

}
