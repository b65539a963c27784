/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Map;

/**
 * Parts of a challenge that differ between the requests of a mapping.
 *
 * @param url public URL of the request
 * @param pathParams values of the path variables that the mapping declares, by name
 * @param extensions protocol extensions of this challenge alone, by key
 */
record ChallengedResource(String url, Map<String, String> pathParams, Map<String, Object> extensions) {

	ChallengedResource(String url) {
		this(url, Map.of(), Map.of());
	}

	ChallengedResource(String url, Map<String, String> pathParams) {
		this(url, pathParams, Map.of());
	}

	/**
	 * Return this resource with a shorter URL and without extensions.
	 */
	ChallengedResource at(String otherUrl) {
		return new ChallengedResource(otherUrl, this.pathParams);
	}

}
