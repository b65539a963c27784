/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;

import io.x402.spring.web.RequestDigest;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;

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

	private final RequestDigest digest = new RequestDigest();

	private RequestFingerprint() {
	}

	static String of(HttpServletRequest request, RequestHeaderIdentity headers) throws IOException, ServletException {
		RequestFingerprint fingerprint = new RequestFingerprint();
		RequestDigest digest = fingerprint.digest;
		PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
		digest.text(request.getMethod());
		digest.path((paid != null) ? paid.originalUri() : request.getRequestURI());
		digest.query((paid != null) ? paid.originalQuery() : request.getQueryString());
		digest.headers(headers.of(request));
		fingerprint.body(request);
		return digest.value();
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
				this.digest.bytes(start, 0, start.length);
				if (!paid.isWhole(start)) {
					this.digest.text(Long.toString(request.getContentLengthLong()));
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
			this.digest.text(name);
			this.digest.text(Integer.toString(values.length));
			Arrays.stream(values).forEach(this.digest::text);
		});
	}

	private void parts(HttpServletRequest request) throws IOException, ServletException {
		this.digest.text(MimeTypeUtils.parseMimeType(request.getContentType()).getSubtype());
		for (Part part : request.getParts()) {
			this.digest.text(part.getName());
			this.digest.text(String.valueOf(part.getSubmittedFileName()));
			this.digest.text(Long.toString(part.getSize()));
			try (var content = part.getInputStream()) {
				byte[] buffer = new byte[8192];
				for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
					this.digest.bytes(buffer, 0, length);
				}
			}
		}
	}

}
