/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;

/**
 * The handlers of an application, whichever web stack it is on.
 *
 * @param methods handler methods
 * @param others other handlers, as the names of their beans and as their classes
 * @param known whether the handlers of all mappings are known
 * @since 0.2.0
 */
public record MappedHandlers(List<Method> methods, Set<Object> others, boolean known) {

	/**
	 * Describe handlers.
	 * @param methods handler methods
	 * @param others other handlers, or the names of their beans
	 * @param known whether the handlers of all mappings are among them
	 * @return the handlers
	 */
	public static MappedHandlers of(Stream<Method> methods, Stream<Object> others, boolean known) {
		return new MappedHandlers(methods.toList(),
				others.map((handler) -> (handler instanceof String) ? handler : targetType(handler))
					.collect(Collectors.toSet()),
				known);
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
