/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Result of a handler that was let in without a payment, which is written to the response
 * that the handler sees, so that what it writes before it fails is noticed.
 */
final class UnpaidResult extends HandlerResult {

	private final HandlerResult result;

	private final ServerWebExchange exchange;

	/**
	 * Create a result.
	 * @param result what the handler returned
	 * @param exchange the request and its response as the handler sees them
	 * @param failed is given what fails while the result is written, unless the handler
	 * of its errors responds, and returns the failure to go on with
	 */
	UnpaidResult(HandlerResult result, ServerWebExchange exchange, UnaryOperator<Throwable> failed) {
		super(result.getHandler(), result.getReturnValue(), result.getReturnTypeSource(), result.getBindingContext());
		this.result = result;
		this.exchange = exchange;
		DispatchExceptionHandler own = result.getExceptionHandler();
		setExceptionHandler((outer, ex) -> ((own != null) ? own.handleError(outer, ex) : Mono.<HandlerResult>error(ex))
			.onErrorMap(failed));
	}

	/**
	 * Write the result.
	 * @param writer writes results
	 */
	Mono<Void> write(BiFunction<ServerWebExchange, HandlerResult, Mono<Void>> writer) {
		return Mono.defer(() -> writer.apply(this.exchange, this.result));
	}

}
