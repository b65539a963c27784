/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.WebUtils;

/**
 * Tells requests apart: method, path, query in any order, the headers that a response may
 * depend on, and body. Two requests with the same fingerprint are repetitions of one
 * purchase, however they are spelled and transferred. The body counts up to a limit, a
 * longer one also with its declared length; forms, which the container may have parsed,
 * by their fields.
 */
final class RequestFingerprint {

	private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

	private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	private final MessageDigest digest = sha256();

	private RequestFingerprint() {
	}

	static String of(HttpServletRequest request, RequestHeaderIdentity headers) throws IOException, ServletException {
		RequestFingerprint fingerprint = new RequestFingerprint();
		fingerprint.text(request.getMethod());
		PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
		fingerprint.text(normalize((paid != null) ? paid.originalUri() : request.getRequestURI()));
		fingerprint.query((paid != null) ? paid.originalQuery() : request.getQueryString());
		Map<String, String> values = headers.of(request);
		fingerprint.text(Integer.toString(values.size()));
		values.forEach((name, value) -> {
			fingerprint.text(name);
			fingerprint.text(value);
		});
		fingerprint.body(request);
		return HexFormat.of().formatHex(fingerprint.digest.digest());
	}

	/**
	 * Return a digest of a text that must not be stored itself.
	 */
	static String digest(String text) {
		return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Decode what does not have to be encoded, which RFC 3986 calls equivalent, and
	 * nothing else.
	 */
	private static String normalize(String encoded) {
		return (encoded.indexOf('%') < 0) ? encoded
				: ESCAPE.matcher(encoded).replaceAll((escape) -> Matcher.quoteReplacement(plain(escape.group())));
	}

	private static String plain(String escape) {
		char character = (char) Integer.parseInt(escape, 1, 3, 16);
		return (UNRESERVED.indexOf(character) >= 0) ? String.valueOf(character) : escape.toUpperCase(Locale.ROOT);
	}

	private void query(@Nullable String query) {
		if (query == null) {
			text("");
		}
		else {
			String[] parameters = normalize(query).split("&");
			text(Integer.toString(parameters.length));
			Arrays.sort(parameters);
			Arrays.stream(parameters).forEach(this::text);
		}
	}

	private void body(HttpServletRequest request) throws IOException, ServletException {
		String type = request.getContentType();
		if (type != null && type.regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33)) {
			fields(request);
		}
		else if (type != null && type.regionMatches(true, 0, "multipart/", 0, 10)) {
			parts(request);
		}
		else if (request.getContentLengthLong() != 0 && hasBody(request)) {
			PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
			if (paid != null) {
				byte[] start = paid.peek();
				this.digest.update(start);
				if (!paid.isWhole(start)) {
					text(Long.toString(request.getContentLengthLong()));
				}
			}
		}
	}

	private static boolean hasBody(HttpServletRequest request) {
		return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null
				|| request.getProtocol().startsWith("HTTP/2");
	}

	private void fields(HttpServletRequest request) {
		new TreeMap<>(request.getParameterMap()).forEach((name, values) -> {
			text(name);
			text(Integer.toString(values.length));
			Arrays.stream(values).forEach(this::text);
		});
	}

	private void parts(HttpServletRequest request) throws IOException, ServletException {
		text(MimeTypeUtils.parseMimeType(request.getContentType()).getSubtype());
		for (Part part : request.getParts()) {
			text(part.getName());
			text(String.valueOf(part.getSubmittedFileName()));
			text(Long.toString(part.getSize()));
			try (var content = part.getInputStream()) {
				byte[] buffer = new byte[8192];
				for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
					this.digest.update(buffer, 0, length);
				}
			}
		}
	}

	/**
	 * Digest a text with its length, since a field of a form may contain any character.
	 */
	private void text(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		this.digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
