/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A body whose beginning was read, and whose rest is still to be read, as slowly as the
 * reader likes, or to its end without a reader. The bytes of the beginning are copied, so
 * that no buffer must be released later.
 */
final class Peek extends BaseSubscriber<DataBuffer> {

	private final MonoSink<Peek> begun;

	private final Reader reader;

	private final Sinks.Many<DataBuffer> rest = Sinks.many().unicast().onBackpressureBuffer();

	private boolean peeked;

	private volatile boolean complete;

	/** How the body has ended. */
	private @Nullable SignalType end;

	/** Notified of the end of a body that goes on without its reader. */
	private @Nullable Consumer<SignalType> detached;

	private Peek(MonoSink<Peek> begun, Reader reader) {
		this.begun = begun;
		this.reader = reader;
	}

	/**
	 * Read the beginning of a body.
	 * @param body the body
	 * @param reader takes the buffers
	 * @return the body when all of it is read, or no more is taken
	 */
	static Mono<Peek> read(Publisher<? extends DataBuffer> body, Reader reader) {
		return Mono.create((sink) -> {
			Peek peek = new Peek(sink, reader);
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
		return this.rest.asFlux().doOnRequest(this::request).doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	/**
	 * Go on to the end of the body although no one reads the rest.
	 * @param listener notified of the end
	 * @return {@code false} if the body has failed or was cancelled
	 */
	boolean detach(Consumer<SignalType> listener) {
		SignalType before;
		synchronized (this) {
			before = this.end;
			if (before == null) {
				this.detached = listener;
			}
		}
		if (before == null) {
			requestUnbounded();
		}
		else if (before == SignalType.ON_COMPLETE) {
			listener.accept(before);
		}
		return before == null || before == SignalType.ON_COMPLETE;
	}

	/**
	 * Return whether the body has failed.
	 */
	synchronized boolean isFailed() {
		return this.end == SignalType.ON_ERROR;
	}

	@Override
	protected void hookFinally(SignalType type) {
		Consumer<SignalType> listener;
		synchronized (this) {
			this.end = type;
			listener = this.detached;
		}
		if (listener != null) {
			listener.accept(type);
		}
	}

	private synchronized boolean isDetached() {
		return this.detached != null;
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
			boolean kept = this.reader.pass(buffer);
			if (this.rest.tryEmitNext(buffer).isFailure()) {
				DataBufferUtils.release(buffer);
			}
			if (!kept && isDetached()) {
				cancel();
			}
		}
		else if (this.reader.hold(buffer)) {
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

	/**
	 * Takes the buffers of a body, one after the other.
	 */
	interface Reader {

		/**
		 * Take a part of the beginning and release it.
		 * @return whether more is taken
		 */
		boolean hold(DataBuffer buffer);

		/**
		 * See a part of the rest before it is handed on.
		 * @return whether it was copied
		 */
		default boolean pass(DataBuffer buffer) {
			return false;
		}

	}

}
