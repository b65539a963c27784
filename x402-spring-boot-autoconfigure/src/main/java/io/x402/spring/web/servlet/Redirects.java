/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriComponentsBuilder;

/**
 * Redirects that a container would refuse to send, or that no client can follow.
 */
final class Redirects {

	private Redirects() {
	}

	/**
	 * Check a redirect.
	 * @param status HTTP status
	 * @param location where it leads
	 * @throws IllegalArgumentException if the status is no redirect, or the location is
	 * no URI reference, not even with its characters encoded
	 */
	static void check(int status, @Nullable String location) {
		if (status / 100 != 3) {
			throw new IllegalArgumentException("Status " + status + " is not a redirect");
		}
		if (location == null) {
			throw new IllegalArgumentException("A redirect must have a location");
		}
		try {
			UriComponentsBuilder.fromUriString(location).build().encode().toUri();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new IllegalArgumentException("The location of a redirect is not a URI", ex);
		}
	}

}
