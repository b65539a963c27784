/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerAdapter;

/**
 * Adapter that stands before those that run handlers. It supports all handlers, since a
 * price depends on the request, which is not known when it is asked.
 */
interface FirstHandlerAdapter extends HandlerAdapter, Ordered {

	@Override
	default int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	default boolean supports(Object handler) {
		return true;
	}

}
