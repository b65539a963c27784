/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.nio.file.Path;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Response to a request with a payment, transparent until its {@link ResponseHold} is
 * armed. The response of the server is out of reach while it is held, since what is
 * written to the connection itself, as by a WebSocket, could not be held.
 */
class HeldServerResponse extends ServerHttpResponseDecorator {

	private final ResponseHold hold;

	private HeldServerResponse(ResponseHold hold) {
		super(hold.response());
		this.hold = hold;
	}

	/**
	 * Create a response that takes files where that of the server does.
	 */
	static HeldServerResponse of(ResponseHold hold) {
		return (hold.response() instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopyResponse(hold)
				: new HeldServerResponse(hold);
	}

	/**
	 * Find the hold of a response, which others may have wrapped.
	 * @param response the response
	 * @return the hold, or {@code null} if there is none
	 */
	static @Nullable ResponseHold holdOf(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator) {
			if (current instanceof HeldServerResponse held) {
				return held.hold;
			}
			if (current instanceof PaidResponse paid) {
				return paid.hold();
			}
			current = decorator.getDelegate();
		}
		return null;
	}

	/**
	 * Return whether a response, which others may have wrapped, is that of a paid
	 * handler, so that whoever writes to it was called by one.
	 * @param response the response
	 */
	static boolean isOfPaidHandler(ServerHttpResponse response) {
		ServerHttpResponse current = response;
		while (current instanceof ServerHttpResponseDecorator decorator && !(current instanceof HeldServerResponse)) {
			if (current instanceof PaidResponse) {
				return true;
			}
			current = decorator.getDelegate();
		}
		return false;
	}

	@Override
	public ServerHttpResponse getDelegate() {
		if (!this.hold.isOpen()) {
			throw new IllegalStateException("A paid handler writes to the connection itself before its payment is "
					+ "settled; price it with flow = UPFRONT");
		}
		return this.hold.response();
	}

	@Override
	public boolean setStatusCode(@Nullable HttpStatusCode status) {
		return !isCommitted() && this.hold.response().setStatusCode(status);
	}

	@Override
	public @Nullable HttpStatusCode getStatusCode() {
		return this.hold.response().getStatusCode();
	}

	@Override
	public boolean setRawStatusCode(@Nullable Integer value) {
		return !isCommitted() && this.hold.response().setRawStatusCode(value);
	}

	@Override
	public HttpHeaders getHeaders() {
		if (this.hold.isClosed()) {
			return new HttpHeaders();
		}
		HttpHeaders headers = this.hold.response().getHeaders();
		return this.hold.isDecided() ? HttpHeaders.readOnlyHttpHeaders(headers) : headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return this.hold.isDecided() ? new LinkedMultiValueMap<>() : this.hold.response().getCookies();
	}

	@Override
	public void addCookie(ResponseCookie cookie) {
		if (!this.hold.isDecided()) {
			this.hold.response().addCookie(cookie);
		}
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.hold.response().bufferFactory();
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		this.hold.beforeCommit(action);
	}

	@Override
	public boolean isCommitted() {
		return this.hold.isCommitted();
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return this.hold.write(body);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return this.hold.writeAndFlush(body);
	}

	@Override
	public Mono<Void> setComplete() {
		return this.hold.complete(true);
	}

	/**
	 * May be logged while the response of the server is out of reach.
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName() + " [delegate=" + this.hold.response() + "]";
	}

	/**
	 * Without this interface files are copied through memory.
	 */
	private static final class ZeroCopyResponse extends HeldServerResponse implements ZeroCopyHttpOutputMessage {

		private final ResponseHold hold;

		ZeroCopyResponse(ResponseHold hold) {
			super(hold);
			this.hold = hold;
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return this.hold.writeFile(file, position, count);
		}

	}

}
