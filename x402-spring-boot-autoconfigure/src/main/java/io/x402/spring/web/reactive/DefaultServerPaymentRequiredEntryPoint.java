/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;

import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.web.RefusalDocument;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.RequestHead;
import io.x402.spring.web.RequestRules;
import io.x402.spring.web.ResponseHeaders;
import io.x402.spring.web.paywall.PaywallRequest;
import org.jspecify.annotations.Nullable;
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
		ServerRequestHead head = new ServerRequestHead(exchange.getRequest());
		if (RequestRules.isSafe(head.method()) || !RefusalDocuments.isBrowser(head)) {
			return write(exchange.getResponse(), this.documents.of(head, challenge));
		}
		return PostedBody.read(exchange, PaywallRequest.MAX_BODY_LENGTH)
			.flatMap((body) -> write(exchange.getResponse(),
					this.documents.of(new PostedRequest(head, body), challenge)));
	}

	private static Mono<Void> write(ServerHttpResponse response, RefusalDocument document) {
		response.setStatusCode(HttpStatusCode.valueOf(document.status()));
		document.addTo(ResponseHeaders.of(response.getHeaders()));
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(document.body())));
	}

	/**
	 * A request of a browser whose page repeats it.
	 */
	private record PostedRequest(ServerRequestHead head, PostedBody posted) implements RequestHead {

		@Override
		public String method() {
			return this.head.method();
		}

		@Override
		public String path() {
			return this.head.path();
		}

		@Override
		public @Nullable String query() {
			return this.head.query();
		}

		@Override
		public List<String> headers(String name) {
			return this.head.headers(name);
		}

		@Override
		public @Nullable String user() {
			return this.head.user();
		}

		@Override
		public byte @Nullable [] body(int limit) {
			return this.posted.bytes();
		}

	}

}
