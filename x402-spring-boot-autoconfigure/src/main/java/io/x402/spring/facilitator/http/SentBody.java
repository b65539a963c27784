/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The body of one call, and whether it may have left: the one place that decides that a
 * request was not sent.
 * <p>
 * A connector asks for the body when it has a connection to write to. As long as it has
 * not, the request is not with the facilitator: the connection could not be opened, or
 * the client had none to spare. Whoever states that takes the body away, so that nothing
 * can be sent afterwards, such as by a client that repeats a request by itself when a
 * connection that was kept alive turns out to be closed. No one gets the body twice
 * either, so that no such repetition is sent.
 */
final class SentBody {

	private final byte @Nullable [] body;

	private final AtomicBoolean unused = new AtomicBoolean(true);

	private volatile boolean requested;

	/**
	 * Create a body.
	 * @param body the bytes, or {@code null} if the call has none
	 */
	SentBody(byte @Nullable [] body) {
		this.body = body;
	}

	WebClient.RequestHeadersSpec<?> addTo(WebClient.RequestBodySpec request) {
		byte[] bytes = this.body;
		if (bytes == null) {
			return request;
		}
		return request.contentType(MediaType.APPLICATION_JSON).contentLength(bytes.length).body((message, context) -> {
			Mono<DataBuffer> content = Mono.fromSupplier(() -> take(bytes));
			return message.writeWith(content);
		});
	}

	private DataBuffer take(byte[] bytes) {
		this.requested = true;
		if (!this.unused.getAndSet(false)) {
			throw new IllegalStateException("The call has ended, or the request may have been sent already");
		}
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

	/**
	 * The call goes on at another place, whose failures prove nothing about the first.
	 */
	void passedOn() {
		this.requested = true;
		this.unused.set(true);
	}

	/**
	 * Return whether the request of a call that has ended was not sent, and never will
	 * be.
	 */
	boolean isNeverSent() {
		return this.body != null && this.unused.getAndSet(false) && !this.requested;
	}

}
