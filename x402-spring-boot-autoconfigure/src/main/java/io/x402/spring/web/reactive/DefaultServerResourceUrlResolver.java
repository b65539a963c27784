/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.web.server.ServerWebExchange;

/**
 * Takes the URL from the request, with the origin of the application if that is known.
 *
 * @since 0.2.0
 */
public final class DefaultServerResourceUrlResolver implements ServerResourceUrlResolver {

	private final @Nullable String baseUrl;

	/**
	 * Create a resolver.
	 * @param baseUrl public origin of the application, optionally with the path that a
	 * proxy strips, without a trailing slash; {@code null} to trust the request
	 */
	public DefaultServerResourceUrlResolver(@Nullable String baseUrl) {
		this.baseUrl = baseUrl;
	}

	@Override
	public String resolve(ServerWebExchange exchange) {
		URI uri = exchange.getRequest().getURI();
		String url = ((this.baseUrl != null) ? this.baseUrl : origin(uri)).concat(path(uri));
		return (uri.getRawQuery() != null) ? url + '?' + uri.getRawQuery() : url;
	}

	private static String path(URI uri) {
		return (uri.getRawPath() != null) ? uri.getRawPath() : "";
	}

	private static String origin(URI uri) {
		StringBuilder origin = new StringBuilder(String.valueOf(uri.getScheme())).append("://").append(uri.getHost());
		int defaultPort = "https".equals(uri.getScheme()) ? 443 : 80;
		boolean named = uri.getPort() > 0 && uri.getPort() != defaultPort;
		return named ? origin.append(':').append(uri.getPort()).toString() : origin.toString();
	}

}
