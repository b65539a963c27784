/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Response as a paid handler sees it that one called which is free. When the payment is
 * given back, the free handler may write something else, and the paid one no more.
 */
class CalledResponse extends ServerHttpResponseDecorator {

	private final BooleanSupplier paid;

	private CalledResponse(ServerHttpResponse response, BooleanSupplier paid) {
		super(response);
		this.paid = paid;
	}

	/**
	 * Create a response that takes files where that of the server does.
	 * @param response the response
	 * @param paid whether the payment of the handler is still held
	 */
	static CalledResponse of(ServerHttpResponse response, BooleanSupplier paid) {
		return (response instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopyResponse(response, paid)
				: new CalledResponse(response, paid);
	}

	boolean isPaid() {
		return this.paid.getAsBoolean();
	}

	@Override
	public boolean setStatusCode(@Nullable HttpStatusCode status) {
		return isPaid() && super.setStatusCode(status);
	}

	@Override
	public boolean setRawStatusCode(@Nullable Integer value) {
		return isPaid() && super.setRawStatusCode(value);
	}

	@Override
	public HttpHeaders getHeaders() {
		return isPaid() ? super.getHeaders() : new HttpHeaders();
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return isPaid() ? super.getCookies() : new LinkedMultiValueMap<>();
	}

	@Override
	public void addCookie(ResponseCookie cookie) {
		if (isPaid()) {
			super.addCookie(cookie);
		}
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		super.beforeCommit(() -> isPaid() ? action.get() : Mono.empty());
	}

	@Override
	public boolean isCommitted() {
		return !isPaid() || super.isCommitted();
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return whilePaid(() -> super.writeWith(body));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return whilePaid(() -> super.writeAndFlushWith(body));
	}

	@Override
	public Mono<Void> setComplete() {
		return whilePaid(super::setComplete);
	}

	Mono<Void> whilePaid(Supplier<Mono<Void>> write) {
		return Mono.defer(() -> isPaid() ? write.get() : Mono.empty());
	}

	/**
	 * Without this interface files are copied through memory.
	 */
	private static final class ZeroCopyResponse extends CalledResponse implements ZeroCopyHttpOutputMessage {

		ZeroCopyResponse(ServerHttpResponse response, BooleanSupplier paid) {
			super(response, paid);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return whilePaid(() -> ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count));
		}

	}

}
