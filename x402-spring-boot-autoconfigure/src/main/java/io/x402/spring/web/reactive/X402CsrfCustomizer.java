/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;

/**
 * Lets programs buy by {@code POST} from an application on WebFlux that Spring Security
 * protects: {@code http.csrf(x402())}. Requests that no other site can have sent in the
 * name of a user need no CSRF token, see {@link UnforgeableExchangeMatcher}. All others
 * need one as before. It replaces a matcher that was set with
 * {@link CsrfSpec#requireCsrfProtectionMatcher}; combine your own with
 * {@link UnforgeableExchangeMatcher} instead.
 *
 * @since 0.2.0
 */
public final class X402CsrfCustomizer implements Customizer<CsrfSpec> {

	private X402CsrfCustomizer() {
	}

	/**
	 * Return what {@code ServerHttpSecurity.csrf} takes.
	 * @return the customizer
	 */
	public static X402CsrfCustomizer x402() {
		return new X402CsrfCustomizer();
	}

	@Override
	public void customize(CsrfSpec csrf) {
		csrf.requireCsrfProtectionMatcher(new AndServerWebExchangeMatcher(CsrfWebFilter.DEFAULT_CSRF_MATCHER,
				new NegatedServerWebExchangeMatcher(new UnforgeableExchangeMatcher())));
	}

}
