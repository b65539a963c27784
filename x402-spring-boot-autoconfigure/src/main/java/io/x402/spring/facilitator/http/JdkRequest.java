/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;

/**
 * A request of the JDK's {@code HttpClient}. Its body is asked for when the client has a
 * connection to write it to, and not before.
 */
final class JdkRequest extends AbstractClientHttpRequest {

	private final HttpMethod method;

	private final URI uri;

	private final HttpRequest.Builder builder;

	JdkRequest(HttpMethod method, URI uri) {
		this.method = method;
		this.uri = uri;
		this.builder = HttpRequest.newBuilder(uri);
	}

	@Override
	public HttpMethod getMethod() {
		return this.method;
	}

	@Override
	public URI getURI() {
		return this.uri;
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return DefaultDataBufferFactory.sharedInstance;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T getNativeRequest() {
		return (T) this.builder.build();
	}

	@Override
	protected void applyHeaders() {
		getHeaders().forEach((name, values) -> {
			// The client sets it from the length of the body
			if (!name.equalsIgnoreCase(HttpHeaders.CONTENT_LENGTH)) {
				values.forEach((value) -> this.builder.header(name, value));
			}
		});
	}

	@Override
	protected void applyCookies() {
		if (!getCookies().isEmpty()) {
			this.builder.header(HttpHeaders.COOKIE,
					getCookies().values()
						.stream()
						.flatMap((cookies) -> cookies.stream())
						.map(HttpCookie::toString)
						.collect(Collectors.joining("; ")));
		}
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return send(new Body(body, getHeaders().getContentLength()));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return writeWith(Flux.from(body).concatMap((part) -> part));
	}

	@Override
	public Mono<Void> setComplete() {
		return send(BodyPublishers.noBody());
	}

	private Mono<Void> send(BodyPublisher body) {
		return doCommit(() -> {
			this.builder.method(this.method.name(), body);
			return Mono.empty();
		});
	}

	/**
	 * A body in one piece.
	 *
	 * @param content the body
	 * @param contentLength its length, or a negative number if that is not known
	 */
	private record Body(Publisher<? extends DataBuffer> content, long contentLength) implements BodyPublisher {

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
			subscriber.onSubscribe(new Flow.Subscription() {

				private final AtomicBoolean idle = new AtomicBoolean(true);

				@Override
				public void request(long n) {
					if (this.idle.getAndSet(false)) {
						DataBufferUtils.join(Body.this.content).map(Body::bytes).subscribe((bytes) -> {
							subscriber.onNext(bytes);
							subscriber.onComplete();
						}, subscriber::onError);
					}
				}

				@Override
				public void cancel() {
					this.idle.set(false);
				}

			});
		}

		private static ByteBuffer bytes(DataBuffer buffer) {
			ByteBuffer bytes = ByteBuffer.allocate(buffer.readableByteCount());
			buffer.toByteBuffer(bytes);
			DataBufferUtils.release(buffer);
			return bytes;
		}

	}

}
