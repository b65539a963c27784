/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Parts of a challenge that differ between the requests of a mapping.
 *
 * @param url public URL of the request
 * @param pathParams values of the path variables that the mapping declares, by name
 * @param extensions protocol extensions of this challenge alone, by key
 * @param quotes offers of this challenge alone, which come last
 */
record ChallengedResource(String url, Map<String, String> pathParams, Map<String, Object> extensions,
		List<PaymentRequirements> quotes) {

	ChallengedResource(String url) {
		this(url, Map.of(), Map.of(), List.of());
	}

	/**
	 * Return whether many challenges are the same.
	 */
	boolean isUsual() {
		return this.extensions.isEmpty() && this.quotes.isEmpty();
	}

	/**
	 * Return this resource with a shorter URL, without extensions and quotes.
	 */
	ChallengedResource at(String otherUrl) {
		return new ChallengedResource(otherUrl, this.pathParams, Map.of(), List.of());
	}

}
