/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Connector of a {@code WebClient} to the JDK's {@link HttpClient} for short messages and
 * callers that wait for them. A response is read at once, to a limit, and handed on by
 * the thread that has read its last byte. Spring's own connector makes a stream of it,
 * which crosses the common pool. Safe for concurrent use.
 */
final class JdkFacilitatorConnector implements ClientHttpConnector {

	private final HttpClient client;

	JdkFacilitatorConnector(HttpClient client) {
		this.client = client;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			JdkRequest request = new JdkRequest(method, uri);
			return requestCallback.apply(request).then(Mono.fromFuture(() -> send(request)));
		});
	}

	private CompletableFuture<ClientHttpResponse> send(JdkRequest request) {
		CompletableFuture<ClientHttpResponse> response = new CompletableFuture<>();
		CompletableFuture<HttpResponse<@Nullable Void>> call = this.client.sendAsync(request.getNativeRequest(),
				(head) -> new JdkBody(head, response));
		call.whenComplete((done, failure) -> {
			if (failure != null) {
				response.completeExceptionally(failure);
			}
		});
		response.whenComplete((done, failure) -> {
			if (response.isCancelled()) {
				call.cancel(true);
			}
		});
		return response;
	}

}
