/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Collection;
import java.util.List;

import io.x402.spring.web.ResponseHeaders;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Headers of a response of Spring MVC. Length and type of a body have methods of their
 * own, which wrappers of responses rely on.
 *
 * @param response the response
 */
record ServletResponseHeaders(HttpServletResponse response) implements ResponseHeaders {

	@Override
	public Collection<String> names() {
		return this.response.getHeaderNames();
	}

	@Override
	public List<String> values(String name) {
		return List.copyOf(this.response.getHeaders(name));
	}

	@Override
	public void set(String name, String value) {
		if (HttpHeaders.CONTENT_LENGTH.equalsIgnoreCase(name)) {
			this.response.setContentLengthLong(Long.parseLong(value));
		}
		else if (HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name)) {
			this.response.setContentType(value);
		}
		else {
			this.response.setHeader(name, value);
		}
	}

	@Override
	public void add(String name, String value) {
		this.response.addHeader(name, value);
	}

}
