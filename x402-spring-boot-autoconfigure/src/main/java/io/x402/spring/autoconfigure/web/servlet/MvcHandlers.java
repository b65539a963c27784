/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.web.MappedHandlers;
import io.x402.spring.autoconfigure.web.StaticLocations;
import io.x402.spring.pricing.PricedHandler;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Lists the handlers of Spring MVC.
 */
final class MvcHandlers {

	private MvcHandlers() {
	}

	static MappedHandlers of(List<HandlerMapping> mappings) {
		Stream<Method> methods = mappings.stream()
			.filter(AbstractHandlerMethodMapping.class::isInstance)
			.flatMap((mapping) -> handlerMethods((AbstractHandlerMethodMapping<?>) mapping).values().stream())
			.map(HandlerMethod::getMethod);
		Stream<Object> others = mappings.stream()
			.filter(AbstractUrlHandlerMapping.class::isInstance)
			.flatMap((mapping) -> ((AbstractUrlHandlerMapping) mapping).getHandlerMap().values().stream());
		return MappedHandlers.of(methods, others, mappings.stream().allMatch(MvcHandlers::isListed));
	}

	private static <T> Map<T, HandlerMethod> handlerMethods(AbstractHandlerMethodMapping<T> mapping) {
		return mapping.getHandlerMethods();
	}

	private static boolean isListed(HandlerMapping mapping) {
		return mapping instanceof AbstractHandlerMethodMapping || mapping instanceof AbstractUrlHandlerMapping
				|| mapping instanceof RouterFunctionMapping;
	}

	/**
	 * Return whether a mapping may serve a path.
	 */
	static boolean serves(PricedHandler mapping, String pattern) {
		return !(mapping.handler() instanceof ResourceHttpRequestHandler resources)
				|| StaticLocations.serve(resources.getLocations(), mapping, pattern);
	}

}
