/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLHandshakeException;

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
 * That a connection could not be opened proves it only as long as the connector has not
 * asked for the body, which it does when it has a connection to write to. It may have
 * used another connection before, since clients repeat a request by themselves when a
 * connection that was kept alive turns out to be closed, and such a repetition can fail
 * to connect. No one gets the body twice, so that no such repetition is sent.
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
			throw new IllegalStateException("The request may have been sent already");
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
	 * Return whether a failure proves that the request was not sent.
	 * @param failure how the call ended
	 */
	boolean isNeverSent(Throwable failure) {
		return this.body != null && !this.requested && isConnectionFailure(failure);
	}

	private static boolean isConnectionFailure(Throwable failure) {
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof ConnectException || cause instanceof UnknownHostException
					|| cause instanceof UnresolvedAddressException || cause instanceof HttpConnectTimeoutException
					|| cause instanceof SSLHandshakeException) {
				return true;
			}
		}
		return false;
	}

}
