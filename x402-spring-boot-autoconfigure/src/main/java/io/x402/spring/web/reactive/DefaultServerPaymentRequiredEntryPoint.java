/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.web.RefusalDocument;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.ResponseHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Sends the {@link RefusalDocuments refusal document}.
 *
 * @since 0.2.0
 */
public final class DefaultServerPaymentRequiredEntryPoint implements ServerPaymentRequiredEntryPoint {

	private final RefusalDocuments documents;

	/**
	 * Create an entry point.
	 * @param documents makes the responses
	 */
	public DefaultServerPaymentRequiredEntryPoint(RefusalDocuments documents) {
		this.documents = documents;
	}

	@Override
	public Mono<Void> commence(ServerWebExchange exchange, PaymentChallenge challenge) {
		RefusalDocument document = this.documents.of(new ServerRequestHead(exchange.getRequest()), challenge);
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatusCode.valueOf(document.status()));
		document.addTo(ResponseHeaders.of(response.getHeaders()));
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(document.body())));
	}

}
