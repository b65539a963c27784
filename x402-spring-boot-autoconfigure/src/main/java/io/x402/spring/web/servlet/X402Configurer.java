/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import org.jspecify.annotations.Nullable;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;

/**
 * Lets programs buy by {@code POST} from an application that Spring Security protects:
 * {@code http.with(x402(), withDefaults())}. Requests that no other site can have sent in
 * the name of a user need no CSRF token, see {@link UnforgeableRequestMatcher}. All
 * others need one as before. Protection that is disabled stays disabled, and nothing else
 * is configured: who may ask for a price is up to {@code authorizeHttpRequests}.
 *
 * @since 0.2.0
 */
public final class X402Configurer extends AbstractHttpConfigurer<X402Configurer, HttpSecurity> {

	private X402Configurer() {
	}

	/**
	 * Return what {@code HttpSecurity.with} takes.
	 * @return a new configurer, for one filter chain
	 */
	public static X402Configurer x402() {
		return new X402Configurer();
	}

	@Override
	public void init(HttpSecurity http) {
		CsrfConfigurer<HttpSecurity> csrf = csrf(http);
		if (csrf != null) {
			csrf.ignoringRequestMatchers(new UnforgeableRequestMatcher());
		}
	}

	@SuppressWarnings("unchecked")
	private static @Nullable CsrfConfigurer<HttpSecurity> csrf(HttpSecurity http) {
		return http.getConfigurer(CsrfConfigurer.class);
	}

}
