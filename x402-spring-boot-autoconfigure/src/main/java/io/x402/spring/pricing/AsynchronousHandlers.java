/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;

/**
 * Recognizes handler methods that respond on another thread than the one they are called
 * on.
 */
final class AsynchronousHandlers {

	private final List<Class<?>> types;

	/**
	 * Create an instance.
	 * @param types return types that the transport writes on another thread, besides
	 * those of the JDK and of reactive libraries
	 */
	AsynchronousHandlers(List<Class<?>> types) {
		this.types = Stream.concat(Stream.of(Callable.class, CompletionStage.class), types.stream()).toList();
	}

	boolean isAsynchronous(Method method) {
		ResolvableType type = ResolvableType.forMethodReturnType(method);
		return isAsynchronous(type.toClass())
				|| (HttpEntity.class.isAssignableFrom(type.toClass()) && isAsynchronous(type.getGeneric(0).toClass()));
	}

	private boolean isAsynchronous(Class<?> type) {
		return this.types.stream().anyMatch((asynchronous) -> asynchronous.isAssignableFrom(type))
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

}
