/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What is sold: the {@code resource} member of the v2 messages.
 *
 * @param url absolute URL of the resource, query included
 * @param description what the buyer gets, at most 500 characters for the strictest known
 * facilitator, or {@code null}
 * @param mimeType media type of a successful response, or {@code null}
 * @since 0.1.0
 */
public record ResourceInfo(String url, @Nullable String description, @Nullable String mimeType) {

	public ResourceInfo {
		Objects.requireNonNull(url, "url");
	}

}
