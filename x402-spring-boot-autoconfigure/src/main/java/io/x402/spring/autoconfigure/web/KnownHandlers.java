/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;

/**
 * Finds handlers by the names and the classes of their beans.
 *
 * @param methods handler methods
 * @param others other handlers, as the names of their beans and as their classes
 * @param complete whether the handlers of all mappings are among them
 */
record KnownHandlers(List<Method> methods, Set<Object> others, boolean complete) {

	KnownHandlers(WebStack stack) {
		this(stack.handlerMethods().toList(),
				stack.otherHandlers()
					.map((handler) -> (handler instanceof String) ? handler : targetType(handler))
					.collect(Collectors.toSet()),
				stack.listsAll());
	}

	private static Class<?> targetType(Object handler) {
		return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(handler));
	}

	boolean isHandler(String beanName, Class<?> type) {
		return this.others.contains(beanName) || this.others.contains(type)
				|| this.methods.stream().anyMatch((mapped) -> mapped.getDeclaringClass().isAssignableFrom(type));
	}

	/**
	 * A method of an interface with type parameters has other parameters than the one
	 * that implements it.
	 */
	boolean isMapped(Class<?> type, Method method) {
		return this.methods.stream()
			.anyMatch((mapped) -> mapped.getName().equals(method.getName())
					&& mapped.getParameterCount() == method.getParameterCount()
					&& mapped.getDeclaringClass().isAssignableFrom(type));
	}

}
