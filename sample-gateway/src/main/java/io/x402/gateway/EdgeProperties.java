/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.net.URI;
import java.util.List;

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

	/**
	 * Check that nobody can guess a secret.
	 * @throws InvalidPropertyException if somebody can
	 */
	void check(@Nullable String baseUrl) {
		if (this.secrets.stream().anyMatch((secret) -> secret.strip().length() < MIN_SECRET_LENGTH)) {
			throw new InvalidPropertyException("gateway.edge.secrets", null,
					"must have at least " + MIN_SECRET_LENGTH + " characters each",
					"Generate one with: openssl rand -base64 32");
		}
		if (this.cloudflare.enabled() && !StringUtils.hasText(baseUrl)) {
			throw new InvalidPropertyException("gateway.edge.cloudflare.enabled", "true",
					"needs the address for which a payment is valid", "Set x402.base-url to the address of your zone.");
		}
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
