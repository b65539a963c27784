/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

import org.springframework.web.server.ServerWebExchange;

/**
 * Keeps who sends a request for expressions, which cannot wait for it.
 */
final class Callers {

	private static final String CALLER = Callers.class.getName() + ".CALLER";

	private Callers() {
	}

	static void remember(ServerWebExchange exchange, @Nullable Principal caller) {
		if (caller != null) {
			exchange.getAttributes().put(CALLER, caller);
		}
		else {
			exchange.getAttributes().remove(CALLER);
		}
	}

	static @Nullable Principal of(ServerWebExchange exchange) {
		return exchange.getAttribute(CALLER);
	}

}
