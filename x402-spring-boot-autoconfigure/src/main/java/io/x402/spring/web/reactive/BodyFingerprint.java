/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.reactive.PaidServerRequest.Beginning;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Adds the body of a request to its fingerprint. The body counts up to a limit, a longer
 * one also with its declared length; a form by its fields, and parts without the boundary
 * between them, which is another one in each request.
 */
final class BodyFingerprint {

	private BodyFingerprint() {
	}

	static void add(HttpHeaders headers, Beginning body, RequestFingerprint fingerprint) {
		String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
		byte[] bytes = body.bytes();
		if (type != null && RequestFingerprint.isForm(type) && body.isWhole() && addFields(type, bytes, fingerprint)) {
			return;
		}
		byte[] boundary = boundary(type);
		if (boundary != null) {
			addParts(bytes, boundary, fingerprint);
		}
		else {
			fingerprint.body(bytes);
		}
		if (!body.isWhole()) {
			fingerprint.text(Long.toString(headers.getContentLength()));
		}
	}

	/**
	 * The fields are read as the handler reads them: different letters of another charset
	 * would all be the same unreadable one otherwise, and a field without a value is not
	 * one with an empty value.
	 */
	private static boolean addFields(String type, byte[] bytes, RequestFingerprint fingerprint) {
		Map<String, String[]> fields = new TreeMap<>();
		try {
			Charset charset = charset(type);
			for (String pair : new String(bytes, charset).split("&")) {
				String[] parts = pair.split("=", 2);
				String value = (parts.length == 2) ? "=" + URLDecoder.decode(parts[1], charset) : "";
				fields.merge(URLDecoder.decode(parts[0], charset), new String[] { value }, BodyFingerprint::concat);
			}
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
		fingerprint.fields(fields);
		return true;
	}

	private static String[] concat(String[] first, String[] second) {
		String[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	private static Charset charset(String type) {
		Charset charset = MediaType.parseMediaType(type).getCharset();
		return (charset != null) ? charset : StandardCharsets.UTF_8;
	}

	private static byte @Nullable [] boundary(@Nullable String type) {
		if (type == null || !RequestFingerprint.isMultipart(type)) {
			return null;
		}
		try {
			String boundary = MediaType.parseMediaType(type).getParameter("boundary");
			String text = (boundary != null && boundary.startsWith("\"")) ? boundary.substring(1, boundary.length() - 1)
					: boundary;
			return (text != null && !text.isEmpty()) ? ("--" + text).getBytes(StandardCharsets.ISO_8859_1) : null;
		}
		catch (InvalidMediaTypeException ex) {
			return null;
		}
	}

	/**
	 * Each piece counts with its length, so that no content can pass for a boundary.
	 */
	private static void addParts(byte[] bytes, byte[] boundary, RequestFingerprint fingerprint) {
		int start = 0;
		for (int i = 0; i + boundary.length <= bytes.length;) {
			if (Arrays.equals(bytes, i, i + boundary.length, boundary, 0, boundary.length)) {
				addPart(Arrays.copyOfRange(bytes, start, i), fingerprint);
				i += boundary.length;
				start = i;
			}
			else {
				i++;
			}
		}
		addPart(Arrays.copyOfRange(bytes, start, bytes.length), fingerprint);
	}

	private static void addPart(byte[] part, RequestFingerprint fingerprint) {
		fingerprint.text(Integer.toString(part.length));
		fingerprint.body(part);
	}

}
