/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

/**
 * Exception for a bean that the web stack of the application does not ask.
 */
final class OtherStackException extends RuntimeException {

	private final String bean;

	private final String other;

	private final String own;

	private final String stack;

	/**
	 * Create an exception.
	 * @param bean name of the bean
	 * @param other the type that it has
	 * @param own the type that is asked
	 * @param stack name of the web stack of the application
	 */
	OtherStackException(String bean, String other, String own, String stack) {
		super("The bean '" + bean + "' is a " + other + ", which is not asked on " + stack);
		this.bean = bean;
		this.other = other;
		this.own = own;
		this.stack = stack;
	}

	String description() {
		return "The bean '" + this.bean + "' is a " + this.other + ", which is not asked on " + this.stack
				+ ": payments would be decided about without it.";
	}

	String remedy() {
		return "Implement " + this.own
				+ ", or limit the bean to the other web stack with @ConditionalOnWebApplication.";
	}

}
