/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The content of a paid response, which tells how far it was read.
 */
final class PaidBody extends FilterInputStream {

	/** Content that the caller does not want is read up to this length. */
	private static final int MAX_UNWANTED = 64 * 1024;

	private final PaymentAttempts attempts;

	private final ContentLength length;

	private long count;

	PaidBody(InputStream content, PaymentAttempts attempts, ContentLength length) {
		super(content);
		this.attempts = attempts;
		this.length = length;
		attempts.reading();
	}

	boolean isOf(InputStream content) {
		return this.in == content;
	}

	@Override
	public int read() throws IOException {
		try {
			int read = super.read();
			noted((read < 0) ? -1 : 1);
			return read;
		}
		catch (IOException ex) {
			this.attempts.broken();
			throw ex;
		}
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		try {
			return noted(super.read(bytes, offset, length));
		}
		catch (IOException ex) {
			this.attempts.broken();
			throw ex;
		}
	}

	@Override
	public long skip(long bytes) throws IOException {
		return readNBytes((int) Math.max(0, Math.min(bytes, MAX_UNWANTED))).length;
	}

	@Override
	public boolean markSupported() {
		return false;
	}

	@Override
	public void close() throws IOException {
		end();
		super.close();
	}

	private int noted(int read) throws IOException {
		if (read >= 0) {
			this.count += read;
			return read;
		}
		if (this.length.isKnown() && this.count < this.length.bytes()) {
			throw new EOFException("The content ended after " + this.count + " of " + this.length.bytes() + " bytes");
		}
		this.attempts.read();
		return read;
	}

	/**
	 * The caller reads no more. If the content has not certainly arrived and been read,
	 * the outcome stays open.
	 */
	void end() {
		if (!this.attempts.isOpen()) {
			return;
		}
		if (this.length.isKnown() && this.count >= this.length.bytes()) {
			this.attempts.read();
		}
		else if (mayEnd()) {
			readRest();
		}
		this.attempts.broken();
	}

	private boolean mayEnd() {
		boolean wanted = this.count > 0;
		return this.length.isKnown() ? !wanted && this.length.bytes() <= MAX_UNWANTED : !this.length.endless();
	}

	/** What was begun to be read may have nothing left but its end. */
	private void readRest() {
		try {
			readNBytes((this.count > 0) ? 1 : MAX_UNWANTED);
		}
		catch (IOException ex) {
			this.attempts.broken();
		}
	}

}
