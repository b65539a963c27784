/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.web.MappedHandlers;
import io.x402.spring.autoconfigure.web.StaticLocations;
import io.x402.spring.pricing.PricedHandler;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;

/**
 * Lists the handlers of WebFlux.
 */
final class ReactiveHandlers {

	private ReactiveHandlers() {
	}

	static MappedHandlers of(List<HandlerMapping> mappings) {
		Stream<Method> methods = mappings.stream()
			.filter(AbstractHandlerMethodMapping.class::isInstance)
			.flatMap((mapping) -> handlerMethods((AbstractHandlerMethodMapping<?>) mapping).values().stream())
			.map(HandlerMethod::getMethod);
		Stream<Object> others = mappings.stream()
			.filter(AbstractUrlHandlerMapping.class::isInstance)
			.flatMap((mapping) -> ((AbstractUrlHandlerMapping) mapping).getHandlerMap().values().stream());
		return MappedHandlers.of(methods, others, mappings.stream().allMatch(ReactiveHandlers::isListed));
	}

	private static <T> Map<T, HandlerMethod> handlerMethods(AbstractHandlerMethodMapping<T> mapping) {
		return mapping.getHandlerMethods();
	}

	/**
	 * The empty mappings of Spring's own configuration have no handlers.
	 */
	private static boolean isListed(HandlerMapping mapping) {
		return mapping instanceof AbstractHandlerMethodMapping || mapping instanceof AbstractUrlHandlerMapping
				|| mapping instanceof RouterFunctionMapping
				|| mapping.getClass().getName().startsWith("org.springframework.web.reactive.config.");
	}

	/**
	 * Return whether a mapping may serve a path.
	 */
	static boolean serves(PricedHandler mapping, String pattern) {
		return !(mapping.handler() instanceof ResourceWebHandler resources)
				|| StaticLocations.serve(resources.getLocations(), mapping, pattern);
	}

}
