/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.access.PassHeaders;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Sha256;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The headers of a request that its response may depend on. Two requests that differ in
 * one of them are two sales.
 */
final class RequestHeaderIdentity {

	/**
	 * Headers of {@code Vary} that change no content, or that differ in every request.
	 */
	private static final Set<String> IMMATERIAL = Set.of("origin", "access-control-request-method",
			"access-control-request-headers", "payment-authorization", "*");

	/** Headers that belong to a connection, or are made for each request. */
	private static final Set<String> MOMENTARY = Set.of("connection", "keep-alive", "upgrade", "http2-settings", "te",
			"transfer-encoding", "proxy-connection", "date", "traceparent", "tracestate", "baggage", "b3",
			"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-request-id", "x-correlation-id",
			"x-amzn-trace-id", "x-cloud-trace-context", "uber-trace-id", "sentry-trace", "cf-ray");

	/** Cookies that a server or a content network renews by itself. */
	private static final Set<String> RENEWED_COOKIES = Set.of("jsessionid", "session", "xsrf-token");

	private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

	private static final Pattern SEMICOLON = Pattern.compile("\\s*;\\s*");

	private static final Pattern BOUNDARY = Pattern.compile(";boundary=(\"[^\"]*\"|[^;]*)");

	private final List<String> names;

	/**
	 * Create the identity.
	 * @param names names of the headers
	 */
	RequestHeaderIdentity(List<String> names) {
		this.names = names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).sorted().distinct().toList();
	}

	/**
	 * Return the headers of a request that tell it from others.
	 * @param request the request
	 * @return values by lower-case name, without those that are not there
	 */
	Map<String, String> of(RequestHead request) {
		Map<String, String> values = new TreeMap<>();
		for (String name : this.names) {
			String value = value(request, name);
			if (!value.isEmpty()) {
				values.put(name, value);
			}
		}
		String user = request.user();
		if (user != null) {
			values.put("(principal)", user);
		}
		return values;
	}

	/**
	 * Return all headers of a request but those that are not the same in a repetition.
	 * @param request the request
	 * @param names names of its headers
	 * @return values by lower-case name
	 */
	static Map<String, String> lasting(RequestHead request, Iterable<String> names) {
		Map<String, String> values = new TreeMap<>();
		for (String name : names) {
			String lower = name.toLowerCase(Locale.ROOT);
			if (isMaterial(lower) && !MOMENTARY.contains(lower)) {
				values.put(lower, String.join("\n", request.headers(name)));
			}
		}
		return values;
	}

	/**
	 * Return digests of the request headers that a response says it depends on.
	 * @param request the request
	 * @param headers headers of its response
	 * @return digests by lower-case name
	 */
	static Map<String, String> varying(RequestHead request, HttpHeaders headers) {
		Map<String, String> values = new TreeMap<>();
		for (String vary : headers.getOrEmpty(HttpHeaders.VARY)) {
			for (String name : vary.toLowerCase(Locale.ROOT).split(",")) {
				if (isMaterial(name.trim()) && !isOfContainer(name.trim(), headers)) {
					values.put(name.trim(), Sha256.of(value(request, name.trim())));
				}
			}
		}
		return values;
	}

	/**
	 * Return whether a request has the headers that a stored response depends on.
	 * @param request the request
	 * @param stored the stored response
	 * @return {@code false} if the response was made for another request
	 */
	static boolean matches(RequestHead request, StoredResponse stored) {
		return stored.varying()
			.entrySet()
			.stream()
			.allMatch((header) -> Sha256.of(value(request, header.getKey())).equals(header.getValue()));
	}

	/**
	 * A container that compresses decides again for each request about a body that is not
	 * encoded.
	 */
	private static boolean isOfContainer(String name, HttpHeaders headers) {
		return HttpHeaders.ACCEPT_ENCODING.equalsIgnoreCase(name)
				&& !headers.containsHeader(HttpHeaders.CONTENT_ENCODING);
	}

	private static boolean isMaterial(String name) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			if (version.paymentHeader().equalsIgnoreCase(name)) {
				return false;
			}
		}
		return !name.isEmpty() && !IMMATERIAL.contains(name);
	}

	private static String value(RequestHead request, String name) {
		return switch (name) {
			case "cookie" -> cookies(request.headers(name));
			case "content-type" -> contentType(request.header(name));
			case "authorization" -> joined(request.headers(name)
				.stream()
				.map(PaymentCredentials::without)
				.filter((value) -> !value.isEmpty()));
			default -> joined(request.headers(name).stream());
		};
	}

	private static String joined(Stream<String> values) {
		return values.map((value) -> COMMA.matcher(value).replaceAll(",").trim()).collect(Collectors.joining(","));
	}

	/**
	 * The boundary of a multipart body is another one in each request.
	 */
	private static String contentType(@Nullable String type) {
		if (type == null) {
			return "";
		}
		String plain = SEMICOLON.matcher(type.toLowerCase(Locale.ROOT)).replaceAll(";").trim();
		return plain.startsWith("multipart/") ? BOUNDARY.matcher(plain).replaceAll("") : plain;
	}

	/**
	 * Cookies in any order, apart from those of one name. Those whose name begins with an
	 * underscore belong to statistics and content networks, unless it is a prefix that
	 * the standard defines; and those of passes were bought meanwhile.
	 */
	private static String cookies(List<String> headers) {
		return headers.stream()
			.flatMap((header) -> Arrays.stream(header.split(";")))
			.map(String::trim)
			.filter((cookie) -> !cookie.isEmpty() && !isRenewed(cookieName(cookie).toLowerCase(Locale.ROOT)))
			.sorted(Comparator.comparing(RequestHeaderIdentity::cookieName))
			.collect(Collectors.joining(";"));
	}

	private static String cookieName(String cookie) {
		return cookie.split("=", 2)[0].trim();
	}

	private static boolean isRenewed(String name) {
		return RENEWED_COOKIES.contains(name) || PassHeaders.isCookie(name)
				|| (name.startsWith("_") && !name.startsWith("__host-") && !name.startsWith("__secure-"));
	}

}
