/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.nio.file.Path;
import java.util.function.Supplier;

import io.x402.spring.payment.PaymentExchange;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Response as a paid handler sees it, and whatever writes its result. Once that handler
 * has failed or was given up, it changes and writes nothing more, while others may
 * respond in its place.
 */
class PaidResponse extends ServerHttpResponseDecorator {

	private static final String TOO_LATE = "A paid handler responds after it has failed or was given up";

	private final ResponseHold hold;

	private final PaymentExchange payment;

	private PaidResponse(ServerHttpResponse response, ResponseHold hold, PaymentExchange payment) {
		super(response);
		this.hold = hold;
		this.payment = payment;
	}

	/**
	 * Create a response that takes files where that of the server does.
	 * @param response the response
	 * @param hold holds what is written
	 * @param payment the payment of the handler
	 */
	static PaidResponse of(ServerHttpResponse response, ResponseHold hold, PaymentExchange payment) {
		return (response instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopyResponse(response, hold, payment)
				: new PaidResponse(response, hold, payment);
	}

	ResponseHold hold() {
		return this.hold;
	}

	boolean isPaid() {
		return this.hold.isHeldFor(this.payment);
	}

	private boolean touches() {
		return this.hold.touchFor(this.payment);
	}

	/**
	 * What others write is out of reach of a handler that was given up.
	 */
	@Override
	public ServerHttpResponse getDelegate() {
		if (!isPaid()) {
			throw new IllegalStateException(TOO_LATE);
		}
		return super.getDelegate();
	}

	@Override
	public @Nullable HttpStatusCode getStatusCode() {
		return isPaid() ? super.getStatusCode() : null;
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.hold.response().bufferFactory();
	}

	@Override
	public String toString() {
		return getClass().getSimpleName() + " [delegate=" + this.hold.response() + "]";
	}

	@Override
	public boolean setStatusCode(@Nullable HttpStatusCode status) {
		return touches() && super.setStatusCode(status);
	}

	@Override
	public boolean setRawStatusCode(@Nullable Integer value) {
		return touches() && super.setRawStatusCode(value);
	}

	@Override
	public HttpHeaders getHeaders() {
		if (!touches()) {
			return new HttpHeaders();
		}
		HttpHeaders headers = super.getHeaders();
		// Neither what cannot change nor what a filter has made its own is wrapped
		return (headers.getClass() == HttpHeaders.class) ? new FailingHeaders(headers, this.hold) : headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return touches() ? super.getCookies() : new LinkedMultiValueMap<>();
	}

	@Override
	public void addCookie(ResponseCookie cookie) {
		if (touches()) {
			super.addCookie(cookie);
		}
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		if (isPaid()) {
			super.beforeCommit(() -> isPaid() ? action.get() : Mono.empty());
		}
	}

	@Override
	public boolean isCommitted() {
		return !isPaid() || super.isCommitted();
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return whilePaid(() -> super.writeWith(noticed(body)));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return whilePaid(() -> super.writeAndFlushWith(Flux.from(body).map(this::noticed)));
	}

	@Override
	public Mono<Void> setComplete() {
		return whilePaid(super::setComplete);
	}

	Mono<Void> whilePaid(Supplier<Mono<Void>> write) {
		return Mono.defer(() -> this.hold.beginFor(this.payment) ? write.get() : Mono.empty());
	}

	/**
	 * Whoever is given a body may read it late, and keep what it has read.
	 */
	private Publisher<? extends DataBuffer> noticed(Publisher<? extends DataBuffer> body) {
		return (body instanceof Mono<? extends DataBuffer> mono) ? mono.map(this::notice)
				: Flux.from(body).map(this::notice);
	}

	private DataBuffer notice(DataBuffer part) {
		if (!this.hold.writeFor(this.payment)) {
			DataBufferUtils.release(part);
			throw new IllegalStateException(TOO_LATE);
		}
		return part;
	}

	/**
	 * Whoever is given a file may keep it.
	 */
	void noticeFile() {
		this.hold.writeFor(this.payment);
	}

	/**
	 * Headers that notice when the intended body cannot be written, which Spring says
	 * before it looks for what handles an error. Of an error handler that writes nothing
	 * there is no other sign.
	 */
	private static final class FailingHeaders extends HttpHeaders {

		private static final long serialVersionUID = 1;

		private final transient ResponseHold hold;

		FailingHeaders(HttpHeaders headers, ResponseHold hold) {
			super(headers);
			this.hold = hold;
		}

		@Override
		public void clearContentHeaders() {
			super.clearContentHeaders();
			this.hold.fail();
		}

	}

	/**
	 * Without this interface files are copied through memory.
	 */
	private static final class ZeroCopyResponse extends PaidResponse implements ZeroCopyHttpOutputMessage {

		ZeroCopyResponse(ServerHttpResponse response, ResponseHold hold, PaymentExchange payment) {
			super(response, hold, payment);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return whilePaid(() -> ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count)
				.doOnTerminate(this::noticeFile)
				.doOnCancel(this::noticeFile));
		}

	}

}
