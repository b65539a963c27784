/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Exception for a configuration property that is missing or has an invalid value.
 *
 * @since 0.1.0
 */
public final class InvalidPropertyException extends RuntimeException {

	private final String property;

	private final @Nullable String value;

	private final String problem;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param property name of the property
	 * @param value value of the property, {@code null} if missing or secret
	 * @param problem what is wrong, such as "must be at least 1"
	 * @param remedy what to do
	 */
	public InvalidPropertyException(String property, @Nullable String value, String problem, String remedy) {
		super(property + ": " + problem);
		this.property = property;
		this.value = value;
		this.problem = problem;
		this.remedy = remedy;
	}

	String description() {
		String shown = (this.value != null) ? " with value '" + this.value + "'" : "";
		return "Property '" + this.property + "'" + shown + " is invalid: " + this.problem
				+ (this.problem.matches(".*[.?]") ? "" : ".");
	}

	String remedy() {
		return this.remedy;
	}

}
