/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;

/**
 * A request of no transport.
 *
 * @param method the method
 * @param path the path, or {@code null} if there is none
 * @param pathVariables the path variables of the handler
 */
record PlainRequest(String method, @Nullable PathContainer path,
		Map<String, String> pathVariables) implements PricingRequest {

	static PlainRequest of(String method, String path) {
		return new PlainRequest(method, PathContainer.parsePath(path), Map.of());
	}

	@Override
	public Object nativeRequest() {
		return this;
	}

}
