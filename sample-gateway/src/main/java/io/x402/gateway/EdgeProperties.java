/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Networks in front of the gateway that ask for payments themselves, so that their
 * requests are not charged again.
 *
 * @param header Name of the header that the network adds to its requests.
 * @param secrets Comma-separated list of values of that header, of which one is the
 * secret of the network, and others those that it has before and after a change.
 * @param cloudflare Monetization Gateway of Cloudflare.
 */
record EdgeProperties(@DefaultValue("X-Edge-Secret") String header, @DefaultValue List<String> secrets,
		@DefaultValue Cloudflare cloudflare) {

	private static final int MIN_SECRET_LENGTH = 32;

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9-]+");

	/**
	 * Check that only the network knows a secret, and that what it says can be true.
	 * @throws InvalidPropertyException if somebody can guess it, or it is never true
	 */
	void check(@Nullable String baseUrl) {
		if (this.secrets.stream().anyMatch((secret) -> !isSecret(secret.strip()))) {
			throw new InvalidPropertyException("gateway.edge.secrets", null,
					"must have at least " + MIN_SECRET_LENGTH + " characters each, and no placeholder",
					"Generate one with: openssl rand -base64 32");
		}
		if (!HEADER_NAME.matcher(this.header).matches()) {
			throw new InvalidPropertyException("gateway.edge.header", this.header, "is not the name of a header",
					"Name the header that the network adds, such as X-Edge-Secret.");
		}
		if (this.cloudflare.enabled() && !StringUtils.hasText(baseUrl)) {
			throw new InvalidPropertyException("gateway.edge.cloudflare.enabled", "true",
					"needs the address for which a payment is valid", "Set x402.base-url to the address of your zone.");
		}
		if (this.cloudflare.enabled() && !isSafe(this.cloudflare.certs())) {
			throw new InvalidPropertyException("gateway.edge.cloudflare.certs", String.valueOf(this.cloudflare.certs()),
					"could be changed on the way", "Use an address with https.");
		}
	}

	/**
	 * A placeholder that nothing resolves is text that anybody can read in a page.
	 */
	private static boolean isSecret(String secret) {
		return secret.length() >= MIN_SECRET_LENGTH && !secret.contains("${");
	}

	private static boolean isSafe(URI certs) {
		String host = certs.getHost();
		return host != null
				&& ("https".equals(certs.getScheme()) || ("http".equals(certs.getScheme()) && LOOPBACK.contains(host)));
	}

	@Override
	public String toString() {
		return "EdgeProperties[header=" + this.header + ", cloudflare=" + this.cloudflare + "]";
	}

	/**
	 * Monetization Gateway of Cloudflare.
	 *
	 * @param enabled Whether requests are free whose PAYMENT-CONTEXT it has signed.
	 * @param certs Address of its keys.
	 */
	record Cloudflare(@DefaultValue("false") boolean enabled,
			@DefaultValue("https://payments.cloudflare.com/certs") URI certs) {

	}

}
