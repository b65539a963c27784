/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Writes a form again that a filter has parsed before, such as one that looks for a
 * token. Its fields come after those of the query.
 */
final class ParsedForm {

	private ParsedForm() {
	}

	static byte[] body(HttpServletRequest request) {
		Charset charset = (request.getCharacterEncoding() != null) ? Charset.forName(request.getCharacterEncoding())
				: StandardCharsets.UTF_8;
		Map<String, Integer> ofQuery = ofQuery(request, charset);
		StringJoiner body = new StringJoiner("&");
		request.getParameterMap()
			.forEach((name, values) -> Arrays.stream(values)
				.skip(ofQuery.getOrDefault(name, 0))
				.forEach((value) -> body
					.add(URLEncoder.encode(name, charset) + "=" + URLEncoder.encode(value, charset))));
		return body.toString().getBytes(StandardCharsets.US_ASCII);
	}

	private static Map<String, Integer> ofQuery(HttpServletRequest request, Charset charset) {
		Map<String, Integer> names = new HashMap<>();
		if (request.getQueryString() != null) {
			for (String parameter : request.getQueryString().split("&")) {
				if (!parameter.isEmpty()) {
					names.merge(URLDecoder.decode(parameter.split("=", 2)[0], charset), 1, Integer::sum);
				}
			}
		}
		return names;
	}

}
