/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.web.WebStack;
import io.x402.spring.web.servlet.DefaultResourceUrlResolver;
import io.x402.spring.web.servlet.ResourceUrlResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.Resource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * An application on Spring MVC.
 */
final class MvcStack implements WebStack {

	private static final Set<Class<?>> STREAMS = Set.of(ResponseBodyEmitter.class, StreamingResponseBody.class);

	private final ObjectProvider<HandlerMapping> mappings;

	private final ObjectProvider<RouterFunction<?>> functions;

	private final ResourceUrlResolver urls;

	MvcStack(ObjectProvider<HandlerMapping> mappings, ObjectProvider<RouterFunction<?>> functions,
			ResourceUrlResolver urls) {
		this.mappings = mappings;
		this.functions = functions;
		this.urls = urls;
	}

	@Override
	public boolean isReactive() {
		return false;
	}

	@Override
	public boolean resolvesUrls() {
		return !(this.urls instanceof DefaultResourceUrlResolver);
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

	@Override
	public boolean isListed(Object mapping) {
		return mapping instanceof AbstractHandlerMethodMapping || mapping instanceof AbstractUrlHandlerMapping
				|| mapping instanceof RouterFunctionMapping;
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
		return (handler instanceof ResourceHttpRequestHandler resources) ? resources.getLocations() : null;
	}

	@Override
	public Set<Class<?>> streams() {
		return STREAMS;
	}

}
