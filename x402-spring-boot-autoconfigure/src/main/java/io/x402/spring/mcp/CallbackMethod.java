/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

import org.springframework.ai.tool.method.MethodToolCallback;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.util.ReflectionUtils;

/**
 * The method behind a {@link MethodToolCallback}, which does not show it.
 *
 * @param method the method
 * @param target the object it is called on, or {@code null} for a static method
 */
record CallbackMethod(Method method, @Nullable Object target) {

	/**
	 * Read the method. A price that cannot be seen would make a tool free, so that this
	 * fails if the class has changed.
	 */
	static CallbackMethod of(MethodToolCallback callback) {
		Method method = (Method) read(callback, "toolMethod", Method.class);
		if (method == null) {
			throw unreadable(callback);
		}
		return new CallbackMethod(method, read(callback, "toolObject", Object.class));
	}

	private static @Nullable Object read(MethodToolCallback callback, String name, Class<?> type) {
		Field field = ReflectionUtils.findField(MethodToolCallback.class, name, type);
		if (field == null) {
			throw unreadable(callback);
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, callback);
	}

	private static BeanCreationException unreadable(MethodToolCallback callback) {
		return new BeanCreationException("The method of tool " + callback.getToolDefinition().name()
				+ " cannot be read, so that its price is unknown");
	}

}
