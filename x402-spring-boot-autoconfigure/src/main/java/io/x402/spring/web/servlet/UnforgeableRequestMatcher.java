/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.web.PaymentHeaders;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Matches requests that no other site can have sent in the name of a user, so that buyers
 * who are programs need no CSRF token:
 * {@code http.csrf((csrf) -> csrf.ignoringRequestMatchers(new UnforgeableRequestMatcher()))}.
 * These are requests with a payment, since a site can send its header only to
 * applications whose CORS configuration allows the site, and requests without anything
 * that a browser adds by itself and that tells who the user is: cookies, an
 * {@code Authorization} header, a client certificate, a user known to the container. Do
 * not use it where users are known by their network or by a header of a proxy.
 *
 * @since 0.1.0
 */
public final class UnforgeableRequestMatcher implements RequestMatcher {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	@Override
	public boolean matches(HttpServletRequest request) {
		return isPaid(request) || isAnonymous(request);
	}

	private static boolean isPaid(HttpServletRequest request) {
		return PaymentHeaders.isSent(new ServletRequestHead(request),
				() -> WebApplicationContextUtils.getWebApplicationContext(request.getServletContext()));
	}

	private static boolean isAnonymous(HttpServletRequest request) {
		return request.getHeader(HttpHeaders.COOKIE) == null && request.getHeader(HttpHeaders.AUTHORIZATION) == null
				&& request.getAttribute(CERTIFICATES) == null && request.getUserPrincipal() == null;
	}

}
