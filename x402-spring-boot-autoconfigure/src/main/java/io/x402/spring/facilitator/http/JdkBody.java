/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.CollectionUtils;

/**
 * Collects the body of a response, and completes it with its last byte.
 */
final class JdkBody implements BodySubscriber<@Nullable Void> {

	private final ResponseInfo head;

	private final CompletableFuture<ClientHttpResponse> response;

	private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

	private Flow.@Nullable Subscription subscription;

	/**
	 * Create a subscriber.
	 * @param head status and headers
	 * @param response completed with the response
	 */
	JdkBody(ResponseInfo head, CompletableFuture<ClientHttpResponse> response) {
		this.head = head;
		this.response = response;
	}

	@Override
	public CompletionStage<@Nullable Void> getBody() {
		return this.end;
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(List<ByteBuffer> items) {
		for (ByteBuffer item : items) {
			if (item.remaining() > FacilitatorExchange.MAX_RESPONSE - this.bytes.size()) {
				refuse();
				return;
			}
			byte[] part = new byte[item.remaining()];
			item.get(part);
			this.bytes.writeBytes(part);
		}
	}

	private void refuse() {
		if (this.subscription != null) {
			this.subscription.cancel();
		}
		onError(new DataBufferLimitException(
				"A response has more than " + FacilitatorExchange.MAX_RESPONSE + " bytes"));
	}

	@Override
	public void onError(Throwable failure) {
		this.response.completeExceptionally(failure);
		this.end.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		// First, so that the connection is free again when the caller goes on
		this.end.complete(null);
		HttpHeaders headers = HttpHeaders
			.readOnlyHttpHeaders(CollectionUtils.toMultiValueMap(this.head.headers().map()));
		this.response.complete(
				new JdkResponse(HttpStatusCode.valueOf(this.head.statusCode()), headers, this.bytes.toByteArray()));
	}

}
