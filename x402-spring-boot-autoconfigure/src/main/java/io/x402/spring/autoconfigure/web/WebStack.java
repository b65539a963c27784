/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.web.method.HandlerMethod;

/**
 * What a web stack tells of the application that runs on it, once that has started.
 *
 * @since 0.2.0
 */
public interface WebStack {

	/**
	 * Return whether this is WebFlux.
	 * @return {@code false} for Spring MVC
	 */
	boolean isReactive();

	/**
	 * Return whether the application itself finds out the URLs of its resources.
	 * @return {@code false} if they come from the property or from the request
	 */
	boolean resolvesUrls();

	/**
	 * List the mappings of the application in their order.
	 * @return the mappings
	 */
	Stream<?> mappings();

	/**
	 * List the handler methods of a mapping.
	 * @param mapping the mapping
	 * @return the methods, none for a mapping of another kind
	 */
	Stream<HandlerMethod> methodsOf(Object mapping);

	/**
	 * List the handlers of a mapping that are no methods.
	 * @param mapping the mapping
	 * @return the handlers, or the names of their beans, none for a mapping of another
	 * kind
	 */
	Stream<Object> handlersOf(Object mapping);

	/**
	 * Return whether everything that a mapping maps is known, since it maps methods,
	 * other handlers or functional endpoints.
	 * @param mapping the mapping
	 * @return {@code false} if it is of another kind
	 */
	boolean isListed(Object mapping);

	/**
	 * List the functional endpoints, whose paths are known for each request only.
	 * @return the endpoints
	 */
	Stream<?> functions();

	/**
	 * Visit the functional endpoints.
	 * @param visitor takes the predicate of an endpoint and its class
	 */
	void visitFunctions(BiConsumer<String, Class<?>> visitor);

	/**
	 * Return the locations of the static resources that a handler serves.
	 * @param handler the handler
	 * @return the locations, or {@code null} if it serves something else
	 */
	@Nullable List<Resource> locations(Object handler);

	/**
	 * Return the types of return values that are streams.
	 * @return the types
	 */
	Set<Class<?>> streams();

	/**
	 * Refuse terms of a price that this stack does not keep. Keeps all by default.
	 * @param handler the priced handler
	 * @throws InvalidPricingException if a term is not kept
	 */
	default void checkTerms(PricedHandler handler) {
	}

	/**
	 * List the handler methods of all mappings.
	 * @return the methods
	 */
	default Stream<Method> handlerMethods() {
		return mappings().flatMap(this::methodsOf).map(HandlerMethod::getMethod);
	}

	/**
	 * List the handlers of all mappings that are no methods.
	 * @return the handlers, or the names of their beans
	 */
	default Stream<Object> otherHandlers() {
		return mappings().flatMap(this::handlersOf);
	}

	/**
	 * Return whether {@link #handlerMethods()}, {@link #otherHandlers()} and
	 * {@link #functions()} are all that is mapped.
	 * @return {@code false} if there are mappings of another kind
	 */
	default boolean listsAll() {
		return mappings().allMatch(this::isListed);
	}

	/**
	 * Return whether there are functional endpoints.
	 * @return whether there are
	 */
	default boolean hasFunctions() {
		return functions().findAny().isPresent();
	}

}
