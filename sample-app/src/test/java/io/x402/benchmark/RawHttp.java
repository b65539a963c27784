/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * As little HTTP/1.1 as two programs need that know each other: messages with a
 * {@code Content-Length} on connections that stay open.
 */
final class RawHttp {

	private final InputStream in;

	private byte[] buffer = new byte[32 * 1024];

	private int length;

	RawHttp(InputStream in) {
		this.in = in;
	}

	/**
	 * Read one message.
	 * @return the message, or {@code null} if the connection was closed before it
	 */
	@Nullable Message read() throws IOException {
		int head = -1;
		for (int from = 0; head < 0; head = endOfHead(from)) {
			from = Math.max(0, this.length - 3);
			if (!fill()) {
				return null;
			}
		}
		String text = new String(this.buffer, 0, head, StandardCharsets.ISO_8859_1);
		int end = head + contentLength(text);
		while (this.length < end) {
			if (!fill()) {
				throw new EOFException("The body ended early");
			}
		}
		byte[] body = Arrays.copyOfRange(this.buffer, head, end);
		System.arraycopy(this.buffer, end, this.buffer, 0, this.length - end);
		this.length -= end;
		return new Message(text, body);
	}

	private boolean fill() throws IOException {
		if (this.length == this.buffer.length) {
			this.buffer = Arrays.copyOf(this.buffer, 2 * this.length);
		}
		int read = this.in.read(this.buffer, this.length, this.buffer.length - this.length);
		this.length += Math.max(0, read);
		return read >= 0;
	}

	private int endOfHead(int from) {
		for (int i = from; i + 3 < this.length; i++) {
			if (this.buffer[i] == '\r' && this.buffer[i + 1] == '\n' && this.buffer[i + 2] == '\r'
					&& this.buffer[i + 3] == '\n') {
				return i + 4;
			}
		}
		return -1;
	}

	private static int contentLength(String head) {
		String name = "\r\ncontent-length:";
		for (int i = head.indexOf('\r'); i >= 0; i = head.indexOf('\r', i + 1)) {
			if (head.regionMatches(true, i, name, 0, name.length())) {
				return Integer.parseInt(head.substring(i + name.length(), head.indexOf('\r', i + 1)).trim());
			}
		}
		if (head.startsWith("GET ")) {
			return 0;
		}
		throw new IllegalStateException("No Content-Length in " + head.lines().findFirst().orElse(""));
	}

	/**
	 * A message.
	 *
	 * @param head first line and headers
	 * @param body the body
	 */
	record Message(String head, byte[] body) {

		int status() {
			return Integer.parseInt(this.head.substring(9, 12));
		}

		/**
		 * Return the headers with their values, in lower case and without those that the
		 * container sets itself.
		 */
		Map<String, String> headers() {
			Map<String, String> headers = new TreeMap<>();
			this.head.lines().skip(1).filter((line) -> !line.isEmpty()).forEach((line) -> {
				String[] parts = line.split(": ?", 2);
				headers.merge(parts[0].toLowerCase(Locale.ROOT), parts[1], (first, second) -> first + "\n" + second);
			});
			headers.keySet().removeAll(Set.of("date", "content-length", "connection", "keep-alive"));
			return headers;
		}

	}

}
