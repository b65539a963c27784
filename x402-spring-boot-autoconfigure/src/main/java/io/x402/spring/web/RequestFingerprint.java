/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import io.x402.spring.payment.RequestIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests apart: method, path, query in any order, the headers that a response may
 * depend on, and body. Two requests with the same fingerprint are repetitions of one
 * sale, however they are spelled and transferred. A transport adds the body: bytes up to
 * a limit, or, where a form was parsed already, its fields or parts.
 *
 * @since 0.1.0
 */
public final class RequestFingerprint {

	private final RequestDigest digest = new RequestDigest();

	private final String method;

	/**
	 * Begin a fingerprint.
	 * @param request the request without its body
	 * @param headers the headers that tell it from others
	 */
	RequestFingerprint(RequestHead request, RequestHeaderIdentity headers) {
		this.method = request.method();
		this.digest.text(request.method());
		this.digest.path(request.path());
		this.digest.query(request.query());
		this.digest.headers(headers.of(request));
	}

	/**
	 * Return what a request asks for, whatever its headers and body are.
	 * @param request the request
	 * @return digest of its method, path and query, in hexadecimal digits
	 * @since 0.2.0
	 */
	public static String target(RequestHead request) {
		RequestDigest digest = new RequestDigest();
		digest.text(request.method());
		digest.path(request.path());
		digest.query(request.query());
		return digest.value();
	}

	/**
	 * Return what tells a request from others of the same target, apart from its body.
	 * @param request the request
	 * @param names names of all its headers; those that differ in each request do not
	 * count
	 * @return digest of its headers and the address of its client, in hexadecimal digits
	 * @since 0.2.0
	 */
	public static String traits(RequestHead request, Iterable<String> names) {
		RequestDigest digest = new RequestDigest();
		digest.headers(RequestHeaderIdentity.lasting(request, names));
		digest.text(String.valueOf(request.clientAddress()));
		return digest.value();
	}

	/**
	 * Return whether a body is a form whose fields count.
	 * @param contentType content type of the request, or {@code null}
	 * @return {@code true} for URL-encoded forms
	 */
	public static boolean isForm(@Nullable String contentType) {
		return contentType != null && contentType.regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33);
	}

	/**
	 * Return whether a body consists of parts that count each.
	 * @param contentType content type of the request, or {@code null}
	 * @return {@code true} for multipart bodies
	 */
	public static boolean isMultipart(@Nullable String contentType) {
		return contentType != null && contentType.regionMatches(true, 0, "multipart/", 0, 10);
	}

	/**
	 * Add a body.
	 * @param start its first bytes
	 */
	public void body(byte[] start) {
		this.digest.bytes(start, 0, start.length);
	}

	/**
	 * Add a text, such as the declared length of a body that is longer than the bytes
	 * that count, or the subtype of a multipart body.
	 * @param text the text
	 */
	public void text(String text) {
		this.digest.text(text);
	}

	/**
	 * Add the fields of a form.
	 * @param fields values by name
	 */
	public void fields(Map<String, String[]> fields) {
		new TreeMap<>(fields).forEach((name, values) -> {
			this.digest.text(name);
			this.digest.text(Integer.toString(values.length));
			Arrays.stream(values).forEach(this.digest::text);
		});
	}

	/**
	 * Add a part of a multipart body.
	 * @param name its name
	 * @param fileName name of the file, or {@code null} if it is none
	 * @param size number of bytes
	 * @param content the bytes
	 * @throws IOException if the part cannot be read
	 */
	public void part(String name, @Nullable String fileName, long size, InputStream content) throws IOException {
		this.digest.text(name);
		this.digest.text(String.valueOf(fileName));
		this.digest.text(Long.toString(size));
		byte[] buffer = new byte[8192];
		for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
			this.digest.bytes(buffer, 0, length);
		}
	}

	/**
	 * Return what tells the request from others. Nothing can be added after that.
	 * @param pattern path pattern of the handler, for the ledger, or {@code null} if it
	 * has none
	 * @return the identity
	 */
	public RequestIdentity identity(@Nullable String pattern) {
		return new RequestIdentity(this.method + " " + ((pattern != null) ? pattern : "/**"), this.digest.value(),
				RequestRules.isSafe(this.method));
	}

}
