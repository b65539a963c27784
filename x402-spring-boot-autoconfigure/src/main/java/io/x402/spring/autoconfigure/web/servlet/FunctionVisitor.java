/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.springframework.core.io.Resource;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Tells of functional endpoints by their predicates and classes.
 */
final class FunctionVisitor implements RouterFunctions.Visitor {

	private final BiConsumer<String, Class<?>> visitor;

	FunctionVisitor(BiConsumer<String, Class<?>> visitor) {
		this.visitor = visitor;
	}

	@Override
	public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		this.visitor.accept(predicate.toString(), handler.getClass());
	}

	@Override
	public void startNested(RequestPredicate predicate) {
	}

	@Override
	public void endNested(RequestPredicate predicate) {
	}

	@Override
	public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
	}

	@Override
	public void attributes(Map<String, Object> attributes) {
	}

	@Override
	public void unknown(RouterFunction<?> function) {
	}

}
