/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.HmacSha256;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Lets in what a network in front of the gateway has been paid for. A request proves that
 * with a header that only the network knows, or with a token that the network has signed;
 * all others are charged as if there were no such network.
 */
@Component
final class TrustedEdge implements ProtectedRequestPolicy {

	/** Token of Cloudflare. */
	static final String CONTEXT = "PAYMENT-CONTEXT";

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final EdgeProperties properties;

	private final @Nullable EdgeKeys keys;

	private final String baseUrl;

	private final Clock clock = Clock.systemUTC();

	TrustedEdge(GatewayProperties properties, X402Properties x402, RestClient.Builder clients) {
		this.properties = properties.edge();
		this.properties.check(x402.baseUrl());
		this.baseUrl = normalized(Objects.requireNonNullElse(x402.baseUrl(), ""));
		this.keys = this.properties.cloudflare().enabled() ? new EdgeKeys(client(clients), this.clock) : null;
	}

	/**
	 * Networks write hosts in lower case, and no port that goes without saying.
	 */
	private static String normalized(String url) {
		UriComponents uri = UriComponentsBuilder.fromUriString(url.strip()).build();
		String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
		String host = Objects.requireNonNullElse(uri.getHost(), "").toLowerCase(Locale.ROOT);
		boolean standard = uri.getPort() == (scheme.equals("https") ? 443 : 80);
		String port = (uri.getPort() < 0 || standard) ? "" : ":" + uri.getPort();
		return scheme + "://" + host + port + Objects.requireNonNullElse(uri.getPath(), "");
	}

	private RestClient client(RestClient.Builder clients) {
		return clients.clone()
			.baseUrl(this.properties.cloudflare().certs())
			.requestFactory(ClientHttpRequestFactoryBuilder.httpComponents()
				.build(HttpClientSettings.defaults()
					.withTimeouts(TIMEOUT, TIMEOUT)
					.withRedirects(HttpRedirects.DONT_FOLLOW)))
			.build();
	}

	@Override
	public Decision decide(HttpServletRequest request, PaymentOffers offers) {
		EdgePayment payment = payment(request);
		if (payment == null) {
			return Decision.CHARGE;
		}
		request.setAttribute(EdgePayment.class.getName(), payment);
		return Decision.FREE;
	}

	/**
	 * A path that the network may have read as another one is charged here.
	 */
	private @Nullable EdgePayment payment(HttpServletRequest request) {
		if (UnusualPaths.isUnusual(request.getRequestURI())) {
			return null;
		}
		if (hasSecret(request)) {
			return new EdgePayment(null);
		}
		List<String> tokens = Collections.list(request.getHeaders(CONTEXT));
		if (this.keys == null || tokens.size() != 1) {
			return null;
		}
		String token = tokens.get(0);
		EdgeToken verified = EdgeToken.verify(token, this.keys.find(EdgeToken.keyId(token)),
				this.baseUrl + request.getRequestURI(), request.getQueryString(), this.clock.instant());
		return (verified != null) ? new EdgePayment(verified.amount()) : null;
	}

	/**
	 * All secrets are compared, in constant time.
	 */
	private boolean hasSecret(HttpServletRequest request) {
		List<String> values = Collections.list(request.getHeaders(this.properties.header()));
		if (values.size() != 1) {
			return false;
		}
		boolean found = false;
		for (String secret : this.properties.secrets()) {
			found |= HmacSha256.areEqual(secret.strip(), values.get(0).strip());
		}
		return found;
	}

	/**
	 * A payment to the network.
	 *
	 * @param amount what is paid in atomic units, or {@code null} if the network does not
	 * say so
	 */
	record EdgePayment(@Nullable String amount) {

	}

}
