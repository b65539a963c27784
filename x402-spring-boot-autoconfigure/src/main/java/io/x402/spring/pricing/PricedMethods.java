/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.lang.reflect.Method;

/**
 * Methods whose price another transport than HTTP collects.
 *
 * @since 0.1.0
 */
public interface PricedMethods {

	/**
	 * Return whether the calls of a method are sold.
	 * @param method the method
	 * @param type class of the bean, whose subclass may be the declaring class
	 * @return {@code false} if no one pays for it by way of that transport
	 */
	boolean contains(Class<?> type, Method method);

	/**
	 * Return whether at least one method of a class is sold.
	 * @param type class of the bean
	 * @return {@code false} if a price of the class means nothing to that transport
	 */
	boolean contains(Class<?> type);

}
