/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

import io.x402.spring.web.RequestRules;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * Request with a payment. Its body can be looked at before its handler reads it, also as
 * a form or in parts. Conditions are hidden, which would make the response depend on what
 * the buyer has already.
 */
final class PaidServerRequest extends ServerHttpRequestDecorator {

	private final HttpHeaders headers;

	private final int limit;

	/** Read once, by whoever is the first to look. */
	private final Mono<Beginning> beginning = Mono.defer(this::read).cache();

	private volatile @Nullable Peek body;

	/**
	 * Create a request.
	 * @param request the request of the server
	 * @param limit maximum number of bytes of the body that are looked at
	 */
	PaidServerRequest(ServerHttpRequest request, int limit) {
		super(request);
		this.headers = visible(request);
		this.limit = limit;
	}

	/**
	 * Return the headers without the conditions that a handler must not see.
	 */
	static HttpHeaders visible(ServerHttpRequest request) {
		HttpHeaders all = request.getHeaders();
		HttpHeaders visible = new HttpHeaders();
		all.forEach((name, values) -> {
			if (!RequestRules.isHidden(request.getMethod().name(), name, all::getFirst)) {
				visible.put(name, values);
			}
		});
		return HttpHeaders.readOnlyHttpHeaders(visible);
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	/**
	 * Look at the body without taking it away from the handler.
	 * @return its beginning
	 */
	Mono<Beginning> peek() {
		return this.beginning;
	}

	private Mono<Beginning> read() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		return Peek.read(whole(), (more) -> {
			bytes.writeBytes(Peek.bytes(more));
			return bytes.size() <= this.limit;
		}).map((peek) -> {
			this.body = peek;
			return new Beginning(bytes.toByteArray(), this.limit, peek);
		});
	}

	/**
	 * Reactor Netty ends a body whose encoding is broken like one that is whole, and the
	 * request with an error of its own. Its requests tell that they have ended.
	 */
	private Flux<DataBuffer> whole() {
		return (serverRequest() instanceof Disposable request)
				? getDelegate().getBody()
					.concatWith(Mono.defer(() -> request.isDisposed()
							? Mono.error(new IOException("The request ended before its body")) : Mono.empty()))
				: getDelegate().getBody();
	}

	/**
	 * Requests of tests without a server have none.
	 */
	private @Nullable Object serverRequest() {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(getDelegate());
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * A body that is whole can be read more than once, by a filter and by the handler.
	 */
	@Override
	public Flux<DataBuffer> getBody() {
		return this.beginning.flatMapMany(PaidServerRequest::replay);
	}

	private static Flux<DataBuffer> replay(Beginning read) {
		Mono<DataBuffer> first = (read.all.length == 0) ? Mono.empty()
				: Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(read.all.clone()));
		return read.peek.isComplete() ? first.flux()
				: Flux.concat(first, read.peek.rest().doOnCancel(read.peek::cancel));
	}

	/**
	 * The response has ended: what no one has read of the body is read and thrown away,
	 * as the server does with bodies that no one reads.
	 */
	void end() {
		Peek peek = this.body;
		if (peek != null && !peek.isComplete()) {
			peek.rest().doOnCancel(peek::cancel).onErrorComplete().subscribe(DataBufferUtils::release);
		}
	}

	/**
	 * The beginning of a body.
	 */
	static final class Beginning {

		private final byte[] all;

		private final int limit;

		private final Peek peek;

		Beginning(byte[] all, int limit, Peek peek) {
			this.all = all;
			this.limit = limit;
			this.peek = peek;
		}

		/**
		 * Return the bytes that count, however they arrived.
		 */
		byte[] bytes() {
			return (this.all.length > this.limit) ? Arrays.copyOf(this.all, this.limit) : this.all;
		}

		/**
		 * Return whether these bytes are all of the body.
		 */
		boolean isWhole() {
			return this.peek.isComplete() && this.all.length <= this.limit;
		}

	}

}
