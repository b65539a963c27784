/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.BiFunction;

import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Result of a paid handler, which is written to the response that the handler sees.
 * Spring would write it to that of whatever called the handler.
 */
final class PaidResult extends HandlerResult {

	private final HandlerResult result;

	private final ServerWebExchange exchange;

	private final Runnable failed;

	private final Runnable givenUp;

	/**
	 * Create a result.
	 * @param result what the handler returned
	 * @param exchange the request and its response as the handler sees them
	 * @param failed is run if it cannot be written, before its errors are handled
	 * @param givenUp is run if no one waits for it any more, or if its errors are not
	 * handled
	 */
	PaidResult(HandlerResult result, ServerWebExchange exchange, Runnable failed, Runnable givenUp) {
		super(result.getHandler(), result.getReturnValue(), result.getReturnTypeSource(), result.getBindingContext());
		this.result = result;
		this.exchange = exchange;
		this.failed = failed;
		this.givenUp = givenUp;
	}

	/**
	 * Write the result, or what the handler of its errors returns.
	 * @param writer writes results
	 */
	Mono<Void> write(BiFunction<ServerWebExchange, HandlerResult, Mono<Void>> writer) {
		Mono<Void> written = Mono.defer(() -> writer.apply(this.exchange, this.result));
		DispatchExceptionHandler errors = this.result.getExceptionHandler();
		if (errors != null) {
			written = written.onErrorResume((ex) -> {
				this.failed.run();
				return errors.handleError(this.exchange, ex).flatMap((error) -> writer.apply(this.exchange, error));
			});
		}
		return written.doOnError((ex) -> {
			this.failed.run();
			this.givenUp.run();
		}).doFinally((signal) -> {
			if (signal == SignalType.CANCEL) {
				this.givenUp.run();
			}
		});
	}

}
