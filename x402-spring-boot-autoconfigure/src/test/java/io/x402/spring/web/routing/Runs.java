/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts how often a handler produced what is sold.
 */
final class Runs {

	static final String GOODS = "THE-GOODS";

	private final AtomicInteger count = new AtomicInteger();

	String goods() {
		this.count.incrementAndGet();
		return GOODS;
	}

	int count() {
		return this.count.get();
	}

}
