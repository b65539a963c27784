/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * Validates and normalizes {@code x402.base-url}.
 */
final class BaseUrl {

	private BaseUrl() {
	}

	static @Nullable String of(@Nullable String value) {
		if (value == null) {
			return null;
		}
		URI uri;
		try {
			uri = URI.create(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(value);
		}
		boolean http = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
		if (!http || uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null
				|| uri.getRawFragment() != null) {
			throw invalid(value);
		}
		return value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
	}

	private static InvalidPropertyException invalid(String value) {
		return new InvalidPropertyException("x402.base-url", value,
				"must be an absolute http(s) URL without user information, query and fragment",
				"Set it to the public origin of this application, such as https://api.example.com.");
	}

}
