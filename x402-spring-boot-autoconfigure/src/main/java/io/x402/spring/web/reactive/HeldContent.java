/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.x402.spring.web.HeldBody;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.FastByteArrayOutputStream;

/**
 * Content of a response: held up to the limit, then handed on as it is written, and
 * copied as far as it can be stored.
 */
final class HeldContent implements Peek.Reader {

	/** What was written before it is to be flushed. */
	static final DataBuffer FLUSH = DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]);

	private static final byte[] NOTHING = new byte[0];

	private final ServerHttpResponse response;

	private final HeldBody body;

	private final BooleanSupplier copied;

	/** The part that did not fit. */
	private volatile byte[] pending = NOTHING;

	/**
	 * Create content, which is empty.
	 * @param response declares the length and makes buffers
	 * @param body holds the bytes
	 * @param copied whether what is handed on was paid for and is copied
	 */
	HeldContent(ServerHttpResponse response, HeldBody body, BooleanSupplier copied) {
		this.response = response;
		this.body = body;
		this.copied = copied;
	}

	/**
	 * Hold one more part.
	 * @return whether it fits, also with the rest of the declared length; not if it is to
	 * be flushed
	 */
	@Override
	public boolean hold(DataBuffer buffer) {
		return buffer != FLUSH && hold(Peek.bytes(buffer));
	}

	private boolean hold(byte[] bytes) {
		long declared = Math.max(0, this.response.getHeaders().getContentLength() - this.body.length());
		int most = (int) Math.min(Integer.MAX_VALUE, Math.max(declared, bytes.length));
		if (!this.body.fits(most)) {
			this.pending = bytes;
			return false;
		}
		try {
			this.body.hold(bytes, 0, bytes.length);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return true;
	}

	/**
	 * Return whether so many bytes could be held.
	 */
	boolean fits(long count) {
		return count <= Integer.MAX_VALUE && this.body.fits((int) count);
	}

	/**
	 * Forget what is held.
	 */
	void discard() {
		this.body.discard();
		this.pending = NOTHING;
	}

	/**
	 * Return the number of bytes that are held or were copied.
	 */
	long length() {
		return this.body.length();
	}

	/**
	 * Return the number of bytes that did not fit and wait to be handed on.
	 */
	int overflow() {
		return this.pending.length;
	}

	/**
	 * Return all that is held.
	 */
	DataBuffer held() {
		FastByteArrayOutputStream held = new FastByteArrayOutputStream();
		try {
			this.body.release(held);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this.response.bufferFactory().wrap(held.toByteArrayUnsafe());
	}

	/**
	 * Return what is held, and the part that did not fit. A server may read it after the
	 * request has ended.
	 */
	DataBuffer beginning() {
		DataBuffer held = held();
		byte[] overflow = this.pending;
		this.pending = NOTHING;
		if (overflow.length == 0) {
			return held;
		}
		copy(overflow, overflow.length);
		return this.response.bufferFactory().join(List.of(held, this.response.bufferFactory().wrap(overflow)));
	}

	/**
	 * Copy what is handed on.
	 * @return whether all of the content can still be stored
	 */
	@Override
	public boolean pass(DataBuffer buffer) {
		int length = buffer.readableByteCount();
		byte[] bytes = NOTHING;
		if (isStorable()) {
			bytes = new byte[length];
			buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(bytes), 0, length);
		}
		copy(bytes, length);
		return isStorable();
	}

	/**
	 * Return whether all of the content so far can be stored.
	 */
	boolean isStorable() {
		return this.body.isStorable();
	}

	private void copy(byte[] bytes, int length) {
		if (this.copied.getAsBoolean()) {
			try {
				this.body.copy(bytes, 0, length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * Return the whole content.
	 * @return the bytes, or {@code null} if they cannot be stored
	 */
	byte @Nullable [] toByteArray() {
		return this.body.toByteArray();
	}

	/**
	 * Give the memory of the copy back.
	 */
	void close() {
		this.body.close();
	}

	@Override
	public String toString() {
		return "HeldContent[" + length() + "]";
	}

}
