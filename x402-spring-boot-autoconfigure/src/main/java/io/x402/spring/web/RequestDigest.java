/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Digest of the parts of a request that tell it from others. A transport adds method,
 * path, query, headers and body, in this order.
 */
final class RequestDigest {

	private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

	private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	private final Sha256 digest = new Sha256();

	/**
	 * Return the digest. Nothing can be added after that.
	 * @return hexadecimal digits
	 */
	String value() {
		return this.digest.value();
	}

	/**
	 * Add a path; equivalent encodings of it are the same.
	 * @param path the path as it was sent
	 */
	void path(String path) {
		text(normalize(path));
	}

	/**
	 * Add a query; the order of its parameters does not matter, apart from the order of
	 * those of one name, of which a handler may read the first one.
	 * @param query the query as it was sent, or {@code null}
	 */
	void query(@Nullable String query) {
		if (query == null) {
			text("");
		}
		else {
			String[] parameters = normalize(query).split("&");
			text(Integer.toString(parameters.length));
			Arrays.sort(parameters, Comparator.comparing(RequestDigest::name));
			Arrays.stream(parameters).forEach(this::text);
		}
	}

	/**
	 * Add headers.
	 * @param values values by name, in a defined order
	 */
	void headers(Map<String, String> values) {
		text(Integer.toString(values.size()));
		values.forEach((name, value) -> {
			text(name);
			text(value);
		});
	}

	/**
	 * Add a part of a body.
	 * @param bytes has the bytes
	 * @param offset index of the first one
	 * @param length number of bytes
	 */
	void bytes(byte[] bytes, int offset, int length) {
		this.digest.add(bytes, offset, length);
	}

	/**
	 * Add a text with its length, since a field of a form may contain any character.
	 * @param text the text
	 */
	void text(String text) {
		this.digest.field(text);
	}

	/**
	 * Return the name of a parameter as servers read it, however it is spelled.
	 */
	private static String name(String parameter) {
		String name = parameter.split("=", 2)[0];
		try {
			return URLDecoder.decode(name, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return name;
		}
	}

	/**
	 * Decode what need not be encoded, which RFC 3986 calls equivalent, and nothing else.
	 */
	private static String normalize(String encoded) {
		return (encoded.indexOf('%') < 0) ? encoded
				: ESCAPE.matcher(encoded).replaceAll((escape) -> Matcher.quoteReplacement(plain(escape.group())));
	}

	private static String plain(String escape) {
		char character = (char) Integer.parseInt(escape, 1, 3, 16);
		return (UNRESERVED.indexOf(character) >= 0) ? String.valueOf(character) : escape.toUpperCase(Locale.ROOT);
	}

}
