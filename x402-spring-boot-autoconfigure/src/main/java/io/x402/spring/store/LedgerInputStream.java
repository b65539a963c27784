/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * Text in UTF-8 whose parts are made when the reader gets there. A reader that stops
 * leaves the others unmade.
 */
final class LedgerInputStream extends InputStream {

	private final Iterator<String> parts;

	private ByteArrayInputStream part;

	/**
	 * Create a stream.
	 * @param first the first part
	 * @param parts the others
	 */
	LedgerInputStream(String first, Iterator<String> parts) {
		this.parts = parts;
		this.part = bytes(first);
	}

	private static ByteArrayInputStream bytes(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public int read() {
		return advance() ? this.part.read() : -1;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) {
		return (length == 0 || advance()) ? this.part.read(bytes, offset, length) : -1;
	}

	@Override
	public int available() {
		return this.part.available();
	}

	/**
	 * Go on to the next part that has something to read.
	 */
	private boolean advance() {
		while (this.part.available() == 0 && this.parts.hasNext()) {
			this.part = bytes(this.parts.next());
		}
		return this.part.available() > 0;
	}

}
