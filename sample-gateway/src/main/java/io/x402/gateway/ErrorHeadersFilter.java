/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Removes what an upstream said about a body that it did not send to the end, so that it
 * does not describe the error in its place.
 */
final class ErrorHeadersFilter extends OncePerRequestFilter {

	private static final List<String> OF_BODY = List.of(HttpHeaders.CONTENT_ENCODING, HttpHeaders.CONTENT_LANGUAGE,
			HttpHeaders.CONTENT_RANGE, HttpHeaders.CONTENT_DISPOSITION, HttpHeaders.ACCEPT_RANGES, HttpHeaders.ETAG,
			HttpHeaders.LAST_MODIFIED, HttpHeaders.EXPIRES, HttpHeaders.LINK, "Digest", "Content-Digest",
			"Repr-Digest");

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!response.isCommitted()) {
			OF_BODY.stream().filter(response::containsHeader).forEach((name) -> response.setHeader(name, null));
			response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
		}
		chain.doFilter(request, response);
	}

	/**
	 * Registers the filter for errors only.
	 */
	@Component
	static final class Registration extends FilterRegistrationBean<ErrorHeadersFilter> {

		Registration() {
			super(new ErrorHeadersFilter());
			setDispatcherTypes(EnumSet.of(DispatcherType.ERROR));
		}

	}

}
