/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.method.MethodToolCallback;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds the methods behind the handler of a tool. The price of a method counts also if
 * its object is no bean, or if its callback is wrapped, and Spring AI shows the method in
 * neither case.
 */
final class HandlerMethods {

	private static final int MAX_OBJECTS = 100;

	private final List<HandlerMethod> methods = new ArrayList<>();

	private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Deque<Object> handlers = new ArrayDeque<>();

	private HandlerMethods() {
	}

	/**
	 * Find the methods that a handler calls, as far as it holds them.
	 * @param handler a callback, or the handler of a specification
	 * @return the methods, none for code that is not called by reflection
	 */
	static List<HandlerMethod> of(Object handler) {
		HandlerMethods found = new HandlerMethods();
		found.add(handler);
		while (!found.handlers.isEmpty()) {
			found.inspect(found.handlers.remove());
		}
		return found.methods;
	}

	private void add(Object handler) {
		if (this.seen.add(handler)) {
			if (this.seen.size() > MAX_OBJECTS) {
				throw new BeanCreationException("The handler of a tool refers to more than " + MAX_OBJECTS
						+ " others, so that its price is unknown");
			}
			this.handlers.add(handler);
		}
	}

	private void inspect(Object handler) {
		if (handler instanceof MethodToolCallback callback) {
			CallbackMethod method = CallbackMethod.of(callback);
			this.methods.add(method(method.method(), method.target()));
			return;
		}
		ReflectionUtils.doWithFields(handler.getClass(), (field) -> inspect(handler, field),
				(field) -> !Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive());
	}

	private void inspect(Object handler, Field field) {
		Object value = read(handler, field);
		if (value instanceof Method method) {
			Field target = ReflectionUtils.findField(handler.getClass(), "toolObject");
			this.methods.add(method(method, (target != null) ? read(handler, target) : null));
		}
		else if (value != null && isHandler(value)) {
			add(value);
		}
	}

	private static HandlerMethod method(Method method, @Nullable Object target) {
		if (target != null) {
			return new HandlerMethod(target, method);
		}
		String name = method.getName();
		DefaultListableBeanFactory types = new DefaultListableBeanFactory();
		types.registerBeanDefinition(name, new RootBeanDefinition(method.getDeclaringClass()));
		return new HandlerMethod(name, types, method);
	}

	/**
	 * Follows what handlers are made of only, because a tool may know servers with other
	 * tools.
	 */
	private static boolean isHandler(Object value) {
		return value instanceof ToolCallback || value instanceof BiFunction || value instanceof Function
				|| SpecifiedTool.isSpecification(value) || value.getClass().isHidden()
				|| value.getClass().getName().startsWith("org.springframework.ai.mcp.McpToolUtils$");
	}

	private static @Nullable Object read(Object handler, Field field) {
		try {
			ReflectionUtils.makeAccessible(field);
			return ReflectionUtils.getField(field, handler);
		}
		catch (InaccessibleObjectException ex) {
			return null;
		}
	}

}
