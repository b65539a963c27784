/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.web.RequestFingerprint;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;

import org.springframework.http.HttpMethod;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.WebUtils;

/**
 * Adds the body of a request to its fingerprint. The body counts up to a limit, a longer
 * one also with its declared length; forms, which the container may have parsed, by their
 * fields.
 */
final class BodyFingerprint {

	private BodyFingerprint() {
	}

	static void add(HttpServletRequest request, RequestFingerprint fingerprint) throws IOException, ServletException {
		String type = request.getContentType();
		if (RequestFingerprint.isForm(type)) {
			fingerprint.fields(request.getParameterMap());
			if (!HttpMethod.POST.matches(request.getMethod())) {
				// Containers need not parse it, and leave it to the handler then
				body(request, fingerprint);
			}
		}
		else if (RequestFingerprint.isMultipart(type)) {
			parts(request, fingerprint);
		}
		else {
			body(request, fingerprint);
		}
	}

	private static void body(HttpServletRequest request, RequestFingerprint fingerprint) throws IOException {
		if (request.getContentLengthLong() != 0 && hasBody(request)) {
			bytes(request, fingerprint);
		}
	}

	private static boolean hasBody(HttpServletRequest request) {
		return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null
				|| request.getProtocol().startsWith("HTTP/2");
	}

	private static void bytes(HttpServletRequest request, RequestFingerprint fingerprint) throws IOException {
		PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
		if (paid != null) {
			byte[] start = paid.peek();
			fingerprint.body(start);
			if (!paid.isWhole(start)) {
				fingerprint.text(Long.toString(request.getContentLengthLong()));
			}
		}
	}

	private static void parts(HttpServletRequest request, RequestFingerprint fingerprint)
			throws IOException, ServletException {
		fingerprint.text(MimeTypeUtils.parseMimeType(request.getContentType()).getSubtype());
		for (Part part : request.getParts()) {
			try (var content = part.getInputStream()) {
				fingerprint.part(part.getName(), part.getSubmittedFileName(), part.getSize(), content);
			}
		}
	}

}
