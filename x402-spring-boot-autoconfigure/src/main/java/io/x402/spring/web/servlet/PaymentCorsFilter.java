/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import io.x402.spring.web.CorsHeaders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.GenericFilterBean;

/**
 * Adds the headers of the protocol to whatever CORS response the application gives: where
 * it lets an origin in, browser buyers of that origin may send payments and read offers
 * and receipts. Where the application has no CORS nothing changes.
 * <p>
 * The headers are kept out of sight of the application's own CORS processing, so that it
 * does not matter where and how that is configured. To be mapped to REQUEST and ERROR: an
 * error page is written to a response of its own.
 */
final class PaymentCorsFilter extends GenericFilterBean {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse
				&& httpRequest.getHeader(HttpHeaders.ORIGIN) != null) {
			expose(httpRequest, httpResponse, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private static void expose(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (CorsUtils.isPreFlightRequest(request)) {
			PreFlight preFlight = new PreFlight(request);
			chain.doFilter(preFlight, new CorsResponse(response, HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
					preFlight.requested.ofProtocol()));
		}
		else {
			chain.doFilter(request,
					new CorsResponse(response, HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, CorsHeaders.EXPOSED));
		}
	}

	/**
	 * A preflight request without the headers of the protocol.
	 */
	private static final class PreFlight extends HttpServletRequestWrapper {

		private final CorsHeaders requested;

		PreFlight(HttpServletRequest request) {
			super(request);
			this.requested = CorsHeaders
				.requested(Collections.list(request.getHeaders(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS)));
		}

		@Override
		public @Nullable String getHeader(String name) {
			if (!HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS.equalsIgnoreCase(name)) {
				return super.getHeader(name);
			}
			return this.requested.ofApplication();
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			if (!HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS.equalsIgnoreCase(name)) {
				return super.getHeaders(name);
			}
			String left = this.requested.ofApplication();
			return (left != null) ? Collections.enumeration(List.of(left)) : Collections.emptyEnumeration();
		}

		@Override
		public Enumeration<String> getHeaderNames() {
			Collection<String> names = Collections.list(super.getHeaderNames());
			if (this.requested.ofApplication() == null) {
				names.removeIf(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS::equalsIgnoreCase);
			}
			return Collections.enumeration(names);
		}

	}

	/**
	 * A response that gets one more header as soon as its origin is let in, in addition
	 * to what the application sets there before or after.
	 */
	private static final class CorsResponse extends HttpServletResponseWrapper {

		private final String name;

		private final @Nullable String value;

		private boolean originAllowed;

		CorsResponse(HttpServletResponse response, String name, @Nullable String value) {
			super(response);
			this.name = name;
			this.value = value;
		}

		@Override
		public void setHeader(String header, String headerValue) {
			super.setHeader(header, headerValue);
			complete(header);
		}

		@Override
		public void addHeader(String header, String headerValue) {
			if (!this.name.equalsIgnoreCase(header) || !getHeaders(header).contains(headerValue)) {
				super.addHeader(header, headerValue);
				complete(header);
			}
		}

		@Override
		public void reset() {
			super.reset();
			this.originAllowed = false;
		}

		private void complete(String header) {
			if (HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN.equalsIgnoreCase(header)) {
				this.originAllowed = true;
			}
			else if (!this.name.equalsIgnoreCase(header)) {
				return;
			}
			if (this.originAllowed && this.value != null && !getHeaders(this.name).contains(this.value)) {
				super.addHeader(this.name, this.value);
			}
		}

	}

}
