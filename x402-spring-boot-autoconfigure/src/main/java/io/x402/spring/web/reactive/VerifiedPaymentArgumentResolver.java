/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Optional;

import io.x402.spring.VerifiedPayment;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives handler methods the {@link VerifiedPayment} they run for. A handler that may also
 * run without payment takes it as {@code Mono}, {@code Optional} or {@code @Nullable}.
 */
final class VerifiedPaymentArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == VerifiedPayment.class || isMono(parameter);
	}

	private static boolean isMono(MethodParameter parameter) {
		return parameter.getParameterType() == Mono.class
				&& ResolvableType.forMethodParameter(parameter).getGeneric().resolve() == VerifiedPayment.class;
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		Object payment = payment(exchange);
		if (isMono(parameter)) {
			return Mono.just(Mono.justOrEmpty(payment));
		}
		if (parameter.getParameterType() == Optional.class) {
			return Mono.just(Optional.ofNullable(payment));
		}
		if (payment == null && !parameter.isOptional()) {
			return Mono.error(new IllegalStateException("There is no payment for " + parameter.getExecutable()
					+ ", which was not asked for one; take it as Optional or @Nullable"));
		}
		return Mono.justOrEmpty(payment);
	}

	private static @Nullable VerifiedPayment payment(ServerWebExchange exchange) {
		return exchange.getAttribute(VerifiedPayment.class.getName());
	}

}
