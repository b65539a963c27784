/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer, with the bytes it came in.
 */
final class WireResponse {

	private final byte[] bytes;

	private final String text;

	private final int headerEnd;

	WireResponse(byte[] bytes) {
		this.bytes = bytes;
		this.text = new String(bytes, StandardCharsets.ISO_8859_1);
		this.headerEnd = this.text.indexOf("\r\n\r\n");
		if (this.headerEnd < 0) {
			throw new IllegalStateException("Not an HTTP response: '" + this.text + "'");
		}
	}

	int status() {
		return Integer.parseInt(this.text.substring(9, 12));
	}

	String header(String name) {
		List<String> values = headers(name);
		return values.isEmpty() ? "" : values.get(0);
	}

	List<String> headers(String name) {
		String prefix = name + ":";
		return Arrays.stream(this.text.substring(0, this.headerEnd).split("\r\n"))
			.filter((line) -> line.regionMatches(true, 0, prefix, 0, prefix.length()))
			.map((line) -> line.substring(prefix.length()).trim())
			.toList();
	}

	/**
	 * Return whether a text is anywhere in the bytes that came.
	 */
	boolean shows(String part) {
		return this.text.contains(part);
	}

	JsonNode json() {
		return JsonMapper.shared().readTree(body());
	}

	String bodyText() {
		return new String(body(), StandardCharsets.UTF_8);
	}

	byte[] body() {
		byte[] body = Arrays.copyOfRange(this.bytes, this.headerEnd + 4, this.bytes.length);
		return header("Transfer-Encoding").equals("chunked") ? unchunked(body) : body;
	}

	private static byte[] unchunked(byte[] body) {
		String text = new String(body, StandardCharsets.ISO_8859_1);
		ByteArrayOutputStream data = new ByteArrayOutputStream();
		int position = 0;
		while (true) {
			int lineEnd = text.indexOf("\r\n", position);
			if (lineEnd < 0) {
				throw new IllegalStateException("The body is cut short after " + data.size() + " bytes");
			}
			int size = Integer.parseInt(text.substring(position, lineEnd), 16);
			if (size == 0) {
				return data.toByteArray();
			}
			data.write(body, lineEnd + 2, size);
			position = lineEnd + 2 + size + 2;
		}
	}

	@Override
	public String toString() {
		return this.text.substring(0, Math.min(this.text.length(), 2000));
	}

}
