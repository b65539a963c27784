/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A request as a browser sends it when a person opens a link.
 */
final class BrowserRequest {

	static final Map<String, String> HEADERS = Map.of("Accept", "text/html,application/xhtml+xml,*/*;q=0.8",
			"User-Agent", "Mozilla/5.0 (x402-check)", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document");

	private BrowserRequest() {
	}

	static @Nullable String describe(ListingClient.@Nullable Response response) {
		if (response == null) {
			return null;
		}
		boolean isPage = response.contentType() != null && response.contentType().startsWith("text/html");
		return response.status() + ", " + (isPage ? "a page of " + response.body().length + " bytes"
				: (response.contentType() != null) ? response.contentType() : "no body");
	}

}
