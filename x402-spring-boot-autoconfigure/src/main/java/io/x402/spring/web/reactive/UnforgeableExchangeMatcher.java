/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.web.PaymentHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;

/**
 * Matches requests that no other site can have sent in the name of a user, on WebFlux.
 * These are requests with a payment, since a site can send its header only to
 * applications whose CORS configuration allows the site, and requests without anything
 * that a browser adds by itself and that tells who the user is: cookies, an
 * {@code Authorization} header, a client certificate, a user known before Spring
 * Security. Do not use it where users are known by their network or by a header of a
 * proxy.
 *
 * @since 0.2.0
 * @see X402CsrfCustomizer
 */
public final class UnforgeableExchangeMatcher implements ServerWebExchangeMatcher {

	@Override
	public Mono<MatchResult> matches(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		if (PaymentHeaders.isSent(new ServerRequestHead(request), exchange::getApplicationContext)) {
			return MatchResult.match();
		}
		if (hasCredentials(request)) {
			return MatchResult.notMatch();
		}
		return exchange.getPrincipal().hasElement().flatMap(UnforgeableExchangeMatcher::matchUnlessKnown);
	}

	private static boolean hasCredentials(ServerHttpRequest request) {
		return request.getHeaders().containsHeader(HttpHeaders.COOKIE)
				|| request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION) || hasCertificate(request);
	}

	private static boolean hasCertificate(ServerHttpRequest request) {
		SslInfo ssl = request.getSslInfo();
		return ssl != null && ssl.getPeerCertificates() != null;
	}

	private static Mono<MatchResult> matchUnlessKnown(boolean known) {
		return known ? MatchResult.notMatch() : MatchResult.match();
	}

}
