/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.net.InetSocketAddress;

import io.x402.spring.web.PaymentHeaders;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Puts a {@link PaidServerRequest} around every request that carries a payment, before
 * anything else sees the request: forms and parts are read from the request that the
 * exchange was made of.
 */
final class PaidRequestDecorator implements HttpHandlerDecoratorFactory {

	/** Key of the request as the server knows it. */
	private static final Object CLIENT = PaidRequestDecorator.class.getName() + ".CLIENT";

	private final PaymentHeaders headers;

	private final int bodyLimit;

	/**
	 * Create a decorator.
	 * @param headers finds payments
	 * @param bodyLimit maximum number of bytes of a request body that count for its
	 * fingerprint
	 */
	PaidRequestDecorator(PaymentHeaders headers, int bodyLimit) {
		this.headers = headers;
		this.bodyLimit = bodyLimit;
	}

	/**
	 * Return the network address of the client. What comes later, such as a
	 * {@code ForwardedHeaderTransformer}, believes what anybody sends.
	 */
	static @Nullable String clientAddress(ContextView context) {
		ServerHttpRequest request = context.hasKey(CLIENT) ? context.<ServerHttpRequest>get(CLIENT) : null;
		InetSocketAddress address = (request != null) ? request.getRemoteAddress() : null;
		return (address != null && address.getAddress() != null) ? address.getAddress().getHostAddress() : null;
	}

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			if (!this.headers.isPresent(new ServerRequestHead(request))) {
				return handler.handle(request, response).contextWrite((context) -> context.put(CLIENT, request));
			}
			PaidServerRequest paid = new PaidServerRequest(request, this.bodyLimit);
			return handler.handle(paid, response)
				.contextWrite((context) -> context.put(PaidServerRequest.class, paid).put(CLIENT, request))
				.doFinally((signal) -> paid.end());
		};
	}

}
