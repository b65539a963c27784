/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives handler methods the payment or the pass that they run for, which is the attribute
 * of the request with the name of its type. A handler that may also run without it takes
 * it as {@code Mono}, {@code Optional} or {@code @Nullable}.
 *
 * @param <T> the type
 */
final class AttributeArgumentResolver<T> implements HandlerMethodArgumentResolver {

	private final Class<T> type;

	private final String word;

	/**
	 * Create a resolver.
	 * @param type type of the attribute
	 * @param word word for it
	 */
	AttributeArgumentResolver(Class<T> type, String word) {
		this.type = type;
		this.word = word;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == this.type || isMono(parameter);
	}

	private boolean isMono(MethodParameter parameter) {
		return parameter.getParameterType() == Mono.class
				&& ResolvableType.forMethodParameter(parameter).getGeneric().resolve() == this.type;
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		Object value = value(exchange);
		if (isMono(parameter)) {
			return Mono.just(Mono.justOrEmpty(value));
		}
		if (parameter.getParameterType() == Optional.class) {
			return Mono.just(Optional.ofNullable(value));
		}
		if (value == null && !parameter.isOptional()) {
			return Mono.error(new IllegalStateException("There is no " + this.word + " for " + parameter.getExecutable()
					+ ", which runs without one; take it as Optional or @Nullable"));
		}
		return Mono.justOrEmpty(value);
	}

	private @Nullable Object value(ServerWebExchange exchange) {
		return exchange.getAttribute(this.type.getName());
	}

}
