/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.BooleanSupplier;

import io.x402.spring.web.PaymentHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * Puts a {@link PaidServerRequest} around every request that carries a payment, before
 * anything else sees the request: forms and parts are read from the request that the
 * exchange was made of.
 */
final class PaidRequestDecorator implements HttpHandlerDecoratorFactory {

	private final PaymentHeaders headers;

	private final int bodyLimit;

	private final EngineThreads threads;

	private final BooleanSupplier unpaid;

	/**
	 * Create a decorator.
	 * @param headers finds payments
	 * @param bodyLimit maximum number of bytes of a request body that count for its
	 * fingerprint
	 * @param threads where the engine runs
	 * @param unpaid whether requests without a payment may be let in
	 */
	PaidRequestDecorator(PaymentHeaders headers, int bodyLimit, EngineThreads threads, BooleanSupplier unpaid) {
		this.headers = headers;
		this.bodyLimit = bodyLimit;
		this.threads = threads;
		this.unpaid = unpaid;
	}

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			boolean paid = this.headers.isPresent(new ServerRequestHead(request));
			boolean ends = paid || this.unpaid.getAsBoolean();
			UnpaidCall call = new UnpaidCall(request, response, this.threads, ends);
			if (!paid) {
				Mono<Void> handled = handler.handle(request, response).contextWrite(call::in);
				return ends ? handled.doFinally(call::end) : handled;
			}
			PaidServerRequest readable = new PaidServerRequest(request, this.bodyLimit);
			return handler.handle(readable, response)
				.contextWrite((context) -> call.in(context).put(PaidServerRequest.class, readable))
				.doFinally((signal) -> {
					call.end(signal);
					readable.end();
				});
		};
	}

}
