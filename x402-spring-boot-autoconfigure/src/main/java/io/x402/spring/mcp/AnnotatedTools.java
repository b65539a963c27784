/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.PaymentRequired;
import io.x402.spring.pricing.InvalidPricingException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Methods of tools by the name of the tool, as they are found while beans are created.
 * Safe for concurrent use.
 */
final class AnnotatedTools {

	private final Map<String, HandlerMethod> methods = new ConcurrentHashMap<>();

	private final Set<HandlerMethod> others = ConcurrentHashMap.newKeySet();

	/**
	 * Remember the method of a tool. Only methods that are priced matter, since a price
	 * belongs to the name of a tool.
	 * @param name name of the tool
	 * @param method its method
	 * @throws InvalidPricingException if another priced method has that name
	 */
	void add(String name, HandlerMethod method) {
		if (!isAnnotated(method)) {
			return;
		}
		HandlerMethod other = this.methods.putIfAbsent(name, method);
		if (other != null && !isSame(other, method)) {
			throw new InvalidPricingException("name", name, "two methods with a price are tools of the same name",
					"Rename one of them.")
				.of(method.getShortLogMessage());
		}
	}

	/**
	 * A method is found on its class, on a proxy of it and on the interface that declares
	 * it.
	 */
	private static boolean isSame(HandlerMethod one, HandlerMethod other) {
		Class<?> type = typeOf(one);
		Class<?> otherType = typeOf(other);
		return one.getMethod().getName().equals(other.getMethod().getName())
				&& Arrays.equals(one.getMethod().getParameterTypes(), other.getMethod().getParameterTypes())
				&& (type.isAssignableFrom(otherType) || otherType.isAssignableFrom(type));
	}

	/**
	 * Remember the priced methods behind the handler of a tool.
	 * @param name name of the tool
	 * @param handler its callback, or the handler of its specification
	 * @throws InvalidPricingException if another priced method has that name
	 */
	void addHandler(String name, Object handler) {
		HandlerMethods.of(handler).forEach((method) -> add(name, method));
	}

	/**
	 * Remember a method that clients of a server reach in another way than as a tool.
	 */
	void addOther(HandlerMethod method) {
		this.others.add(method);
	}

	/**
	 * Return the methods that clients of a server reach in another way than as a tool.
	 */
	List<HandlerMethod> others() {
		return List.copyOf(this.others);
	}

	private static boolean isAnnotated(HandlerMethod method) {
		return MergedAnnotations.from(method.getMethod(), SearchStrategy.TYPE_HIERARCHY)
			.isPresent(PaymentRequired.class)
				|| MergedAnnotations.from(method.getMethod(), SearchStrategy.TYPE_HIERARCHY)
					.isPresent(PaymentRequired.Offers.class)
				|| MergedAnnotations.from(typeOf(method), SearchStrategy.TYPE_HIERARCHY)
					.isPresent(PaymentRequired.class)
				|| MergedAnnotations.from(typeOf(method), SearchStrategy.TYPE_HIERARCHY)
					.isPresent(PaymentRequired.Offers.class);
	}

	private static Class<?> typeOf(HandlerMethod method) {
		return (method.getBean() instanceof String) ? method.getBeanType()
				: ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(method.getBean()));
	}

	/**
	 * Find the method of a tool.
	 * @param name name of the tool
	 * @return the method, or {@code null} if there is none with a price
	 */
	@Nullable HandlerMethod find(String name) {
		return this.methods.get(name);
	}

	/**
	 * Return the names of tools whose method is annotated.
	 * @return the names, sorted
	 */
	Set<String> names() {
		return new TreeSet<>(this.methods.keySet());
	}

	boolean contains(Class<?> type, Method method) {
		return this.methods.values()
			.stream()
			.anyMatch((tool) -> tool.getMethod().equals(method) && type.equals(typeOf(tool)));
	}

	boolean contains(Class<?> type) {
		return this.methods.values().stream().anyMatch((tool) -> type.equals(typeOf(tool)));
	}

}
