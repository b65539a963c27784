/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The connection of a buyer, as far as a handler has to wait until it is lost.
 */
final class LosableConnection {

	/** Counted down when it is lost. */
	volatile CountDownLatch lost = new CountDownLatch(0);

	/**
	 * What handlers of a buyer who leaves need: their runs, and the connection.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		LosableConnection connection() {
			return new LosableConnection();
		}

	}

}
