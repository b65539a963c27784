/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Puts path and query of the original request behind a configured base URL, or behind
 * scheme and host of the request where none is configured. Only the first is safe from a
 * forged {@code Host} header.
 *
 * @since 0.1.0
 */
public final class DefaultResourceUrlResolver implements ResourceUrlResolver {

	private final @Nullable String baseUrl;

	/**
	 * Create a resolver.
	 * @param baseUrl public origin of the application, optionally with the path that a
	 * proxy strips, without a trailing slash; {@code null} to trust the request
	 */
	public DefaultResourceUrlResolver(@Nullable String baseUrl) {
		this.baseUrl = baseUrl;
	}

	@Override
	public String resolve(HttpServletRequest request) {
		String path = (String) request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI);
		String query = (path != null) ? (String) request.getAttribute(RequestDispatcher.FORWARD_QUERY_STRING)
				: request.getQueryString();
		path = (path != null) ? path : request.getRequestURI();
		String url = ((this.baseUrl != null) ? this.baseUrl : origin(request)).concat(path);
		return (query != null) ? url + '?' + query : url;
	}

	private static String origin(HttpServletRequest request) {
		StringBuilder origin = new StringBuilder(request.getScheme()).append("://").append(request.getServerName());
		int port = request.getServerPort();
		int defaultPort = request.isSecure() ? 443 : 80;
		return (port > 0 && port != defaultPort) ? origin.append(':').append(port).toString() : origin.toString();
	}

}
