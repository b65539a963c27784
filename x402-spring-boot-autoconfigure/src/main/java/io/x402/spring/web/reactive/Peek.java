/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.Predicate;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A body whose beginning was read, and whose rest is still to be read, as slowly as the
 * reader likes. The bytes of the beginning are copied, so that no buffer must be released
 * later.
 */
final class Peek extends BaseSubscriber<DataBuffer> {

	private final MonoSink<Peek> begun;

	private final Predicate<byte[]> beginning;

	private final Sinks.Many<DataBuffer> rest = Sinks.many().unicast().onBackpressureBuffer();

	private boolean peeked;

	private volatile boolean complete;

	private Peek(MonoSink<Peek> begun, Predicate<byte[]> beginning) {
		this.begun = begun;
		this.beginning = beginning;
	}

	/**
	 * Read the beginning of a body.
	 * @param body the body
	 * @param beginning is handed the bytes, and returns whether it takes more
	 * @return the body when all of it is read, or no more is taken
	 */
	static Mono<Peek> read(Publisher<? extends DataBuffer> body, Predicate<byte[]> beginning) {
		return Mono.create((sink) -> {
			Peek peek = new Peek(sink, beginning);
			sink.onCancel(peek);
			body.subscribe(peek);
		});
	}

	/**
	 * Take the bytes out of a buffer.
	 */
	static byte[] bytes(DataBuffer buffer) {
		try {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			return bytes;
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

	/**
	 * Return whether the beginning is all of the body.
	 */
	boolean isComplete() {
		return this.complete;
	}

	/**
	 * Return the body from where the beginning ends, to be read once.
	 */
	Flux<DataBuffer> rest() {
		return this.rest.asFlux()
			.doOnRequest(this::request)
			.doOnCancel(this::cancel)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	@Override
	public Context currentContext() {
		return Context.of(this.begun.contextView());
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(1);
	}

	@Override
	protected void hookOnNext(DataBuffer buffer) {
		if (this.peeked) {
			if (this.rest.tryEmitNext(buffer).isFailure()) {
				DataBufferUtils.release(buffer);
			}
		}
		else if (this.beginning.test(bytes(buffer))) {
			request(1);
		}
		else {
			this.peeked = true;
			this.begun.success(this);
		}
	}

	@Override
	protected void hookOnComplete() {
		if (this.peeked) {
			this.rest.tryEmitComplete();
		}
		else {
			this.peeked = true;
			this.complete = true;
			this.rest.tryEmitComplete();
			this.begun.success(this);
		}
	}

	@Override
	protected void hookOnError(Throwable throwable) {
		if (this.peeked) {
			this.rest.tryEmitError(throwable);
		}
		else {
			this.begun.error(throwable);
		}
	}

}
