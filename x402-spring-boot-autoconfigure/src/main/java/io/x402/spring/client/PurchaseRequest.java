/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.protocol.Sha256;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * A request that may need to be paid.
 *
 * @param method HTTP method, or {@code tools/call}
 * @param uri what is asked for
 * @param fingerprint equal for requests of the same method, URL, body and headers that
 * select what is sold
 * @param repeatable whether it can be sent a second time
 */
record PurchaseRequest(String method, URI uri, String fingerprint, boolean repeatable) {

	/**
	 * Headers by which sellers tell requests apart and that stay the same when a call is
	 * repeated. Credentials are not among them: they may have been renewed.
	 */
	private static final List<String> IDENTITY = List.of(HttpHeaders.ACCEPT, HttpHeaders.ACCEPT_LANGUAGE,
			HttpHeaders.CONTENT_TYPE, HttpHeaders.RANGE);

	private static final String TOOL_CALL = "tools/call";

	private static final Pattern BOUNDARY = Pattern.compile("(?i)^multipart/.*;\\s*boundary=\"?([^\";]{8,70})");

	static PurchaseRequest of(String method, URI uri, HttpHeaders headers, byte[] body) {
		Sha256 digest = new Sha256();
		digest.add((method + ' ' + uri + '\n').getBytes(StandardCharsets.UTF_8));
		String boundary = boundary(headers.getFirst(HttpHeaders.CONTENT_TYPE));
		for (String name : IDENTITY) {
			String values = name + ": " + headers.getOrEmpty(name) + '\n';
			digest.add(withoutBoundary(values, boundary).getBytes(StandardCharsets.UTF_8));
		}
		byte[] content = (boundary.isEmpty()) ? body
				: withoutBoundary(new String(body, StandardCharsets.ISO_8859_1), boundary)
					.getBytes(StandardCharsets.ISO_8859_1);
		return new PurchaseRequest(method, uri, digest.add(content).value(), true);
	}

	static PurchaseRequest ofTool(URI server, String tool, byte[] arguments) {
		URI uri = UriComponentsBuilder.fromUri(server)
			.fragment(UriUtils.encodeFragment(tool, StandardCharsets.UTF_8))
			.build(true)
			.toUri();
		Sha256 digest = new Sha256().add((TOOL_CALL + ' ' + uri + '\n').getBytes(StandardCharsets.UTF_8));
		return new PurchaseRequest(TOOL_CALL, uri, digest.add(arguments).value(), true);
	}

	private static String withoutBoundary(String text, String boundary) {
		return boundary.isEmpty() ? text : text.replace(boundary, "boundary");
	}

	/** A boundary is random, and another one for each call. */
	private static String boundary(@Nullable String contentType) {
		Matcher matcher = BOUNDARY.matcher((contentType != null) ? contentType : "");
		return matcher.find() ? matcher.group(1) : "";
	}

	static PurchaseRequest notRepeatable(String method, URI uri) {
		return new PurchaseRequest(method, uri, "", false);
	}

	String authority() {
		return SpendingPolicy.Sellers.authority(this.uri);
	}

	URI resource() {
		String tool = TOOL_CALL.equals(this.method) ? "#" + this.uri.getRawFragment() : "";
		return URI.create(this.uri.getScheme() + "://" + authority()
				+ ((this.uri.getRawPath() != null) ? this.uri.getRawPath() : "") + tool);
	}

}
