/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.nio.file.Path;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * Response to a request that was let in without a payment, as its handler sees it: what
 * the handler does before the response is sent comes before what is decided about it.
 */
class UnpaidResponse extends ServerHttpResponseDecorator {

	private final UnpaidCall call;

	private volatile boolean written;

	private UnpaidResponse(ServerHttpResponse response, UnpaidCall call) {
		super(response);
		this.call = call;
	}

	/**
	 * Create a response that takes files where that of the server does.
	 */
	static UnpaidResponse of(ServerHttpResponse response, UnpaidCall call) {
		return (response instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopyResponse(response, call)
				: new UnpaidResponse(response, call);
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		this.call.beforeCommit(action);
	}

	/**
	 * Return whether the handler has written a part of a body, sent or not.
	 */
	boolean isWritten() {
		return this.written;
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return super.writeWith(noticed(body));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return super.writeAndFlushWith(Flux.from(body).map(this::noticed));
	}

	private Publisher<? extends DataBuffer> noticed(Publisher<? extends DataBuffer> body) {
		return (body instanceof Mono<? extends DataBuffer> mono) ? mono.doOnNext((part) -> this.written = true)
				: Flux.from(body).doOnNext((part) -> this.written = true);
	}

	void writeFile() {
		this.written = true;
	}

	/**
	 * Without this interface files are copied through memory.
	 */
	private static final class ZeroCopyResponse extends UnpaidResponse implements ZeroCopyHttpOutputMessage {

		ZeroCopyResponse(ServerHttpResponse response, UnpaidCall call) {
			super(response, call);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count)
				.doOnSuccess((none) -> writeFile());
		}

	}

}
