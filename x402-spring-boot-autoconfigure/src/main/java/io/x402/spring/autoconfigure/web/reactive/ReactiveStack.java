/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.web.WebStack;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.web.reactive.DefaultServerResourceUrlResolver;
import io.x402.spring.web.reactive.ServerResourceUrlResolver;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.Resource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;

/**
 * An application on WebFlux.
 */
final class ReactiveStack implements WebStack {

	private static final Set<Class<?>> STREAMS = Set.of(Flux.class);

	private final ObjectProvider<HandlerMapping> mappings;

	private final ObjectProvider<RouterFunction<?>> functions;

	private final ServerResourceUrlResolver urls;

	ReactiveStack(ObjectProvider<HandlerMapping> mappings, ObjectProvider<RouterFunction<?>> functions,
			ServerResourceUrlResolver urls) {
		this.mappings = mappings;
		this.functions = functions;
		this.urls = urls;
	}

	@Override
	public boolean isReactive() {
		return true;
	}

	@Override
	public boolean resolvesUrls() {
		return !(this.urls instanceof DefaultServerResourceUrlResolver);
	}

	@Override
	public Stream<HandlerMapping> mappings() {
		return this.mappings.orderedStream();
	}

	@Override
	public Stream<HandlerMethod> methodsOf(Object mapping) {
		return (mapping instanceof AbstractHandlerMethodMapping<?> methods)
				? methods.getHandlerMethods().values().stream() : Stream.empty();
	}

	@Override
	public Stream<Object> handlersOf(Object mapping) {
		return (mapping instanceof AbstractUrlHandlerMapping others) ? others.getHandlerMap().values().stream()
				: Stream.empty();
	}

	/**
	 * The empty mappings of Spring's own configuration have no handlers.
	 */
	@Override
	public boolean isListed(Object mapping) {
		return mapping instanceof AbstractHandlerMethodMapping || mapping instanceof AbstractUrlHandlerMapping
				|| mapping instanceof RouterFunctionMapping
				|| mapping.getClass().getName().startsWith("org.springframework.web.reactive.config.");
	}

	@Override
	public Stream<RouterFunction<?>> functions() {
		return this.functions.orderedStream();
	}

	@Override
	public void visitFunctions(BiConsumer<String, Class<?>> visitor) {
		functions().forEach((function) -> function.accept(new FunctionVisitor(visitor)));
	}

	@Override
	public @Nullable List<Resource> locations(Object handler) {
		return (handler instanceof ResourceWebHandler resources) ? resources.getLocations() : null;
	}

	@Override
	public Set<Class<?>> streams() {
		return STREAMS;
	}

	@Override
	public void checkTerms(PricedHandler handler) {
		UnsupportedPrices.check(handler);
	}

}
