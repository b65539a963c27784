/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;

/**
 * The body of a reactive request, kept while it is written for the first time, because
 * its source may give it only once, and random parts such as the boundary of a multipart
 * body must stay the same.
 */
final class RepeatableBody {

	private final BodyInserter<?, ? super ClientHttpRequest> body;

	private final int limit;

	private volatile byte @Nullable [] bytes;

	private volatile HttpHeaders headers = new HttpHeaders();

	RepeatableBody(BodyInserter<?, ? super ClientHttpRequest> body, int limit) {
		this.body = body;
		this.limit = limit;
	}

	/**
	 * Write and keep the body.
	 * @param beforeWriting is given the headers and the body before any of them is sent
	 * @return writes the body
	 */
	BodyInserter<Void, ClientHttpRequest> first(BiConsumer<HttpHeaders, byte[]> beforeWriting) {
		return (request, context) -> this.body.insert(new KeepingRequest(request, beforeWriting), context);
	}

	/**
	 * Write the body again.
	 * @return writes the body that was kept
	 */
	BodyInserter<Void, ClientHttpRequest> again() {
		return (request, context) -> {
			this.headers.forEach((name, values) -> {
				if (!request.getHeaders().containsHeader(name)) {
					request.getHeaders().addAll(name, values);
				}
			});
			byte[] kept = this.bytes;
			return (kept == null || kept.length == 0) ? request.setComplete()
					: request.writeWith(Mono.fromSupplier(() -> request.bufferFactory().wrap(kept)));
		};
	}

	/**
	 * Return what was written.
	 * @return the body, or {@code null} if it was too large to be kept
	 */
	byte @Nullable [] bytes() {
		return this.bytes;
	}

	/**
	 * Return the headers that the body was written with.
	 * @return the headers
	 */
	HttpHeaders headers() {
		return this.headers;
	}

	private final class KeepingRequest extends ClientHttpRequestDecorator {

		private final BiConsumer<HttpHeaders, byte[]> beforeWriting;

		KeepingRequest(ClientHttpRequest request, BiConsumer<HttpHeaders, byte[]> beforeWriting) {
			super(request);
			this.beforeWriting = beforeWriting;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			if (getHeaders().getContentLength() > RepeatableBody.this.limit) {
				return super.writeWith(body);
			}
			return DataBufferUtils.join(body, RepeatableBody.this.limit)
				.map(RepeatableBody::read)
				.defaultIfEmpty(new byte[0])
				.onErrorMap(DataBufferLimitException.class,
						(ex) -> new PaymentRefusedException(RefusalReason.BODY_NOT_REPEATABLE, null,
								"a body of " + RepeatableBody.this.limit + " bytes, if its length is not known"))
				.flatMap((content) -> {
					keep(content);
					return super.writeWith(Mono.fromSupplier(() -> bufferFactory().wrap(content)));
				});
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return writeWith(Flux.from(body).concatMap((part) -> part));
		}

		@Override
		public Mono<Void> setComplete() {
			if (!isCommitted()) {
				keep(new byte[0]);
			}
			return super.setComplete();
		}

		private void keep(byte[] bytes) {
			RepeatableBody.this.headers = HttpHeaders.copyOf(getHeaders());
			RepeatableBody.this.bytes = bytes;
			this.beforeWriting.accept(getHeaders(), bytes);
		}

	}

	static byte[] read(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

}
