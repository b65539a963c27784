/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.web.PaymentHeaders;

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

	/**
	 * Create a decorator.
	 * @param headers finds payments
	 * @param bodyLimit maximum number of bytes of a request body that count for its
	 * fingerprint
	 * @param threads where the engine runs
	 */
	PaidRequestDecorator(PaymentHeaders headers, int bodyLimit, EngineThreads threads) {
		this.headers = headers;
		this.bodyLimit = bodyLimit;
		this.threads = threads;
	}

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			UnpaidCall call = new UnpaidCall(request, response, this.threads);
			if (!this.headers.isPresent(new ServerRequestHead(request))) {
				return handler.handle(request, response)
					.contextWrite(call::in)
					.contextWrite(ConnectionThread::in)
					.doFinally(call::end);
			}
			PaidServerRequest paid = new PaidServerRequest(request, this.bodyLimit);
			return handler.handle(paid, response)
				.contextWrite((context) -> call.in(context).put(PaidServerRequest.class, paid))
				.contextWrite(ConnectionThread::in)
				.doFinally((signal) -> {
					call.end(signal);
					paid.end();
				});
		};
	}

}
