/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import io.x402.spring.autoconfigure.InvalidPropertyException;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of payments in WebFlux.
 *
 * @param maxThreads Maximum number of threads that take payments, and of as many that
 * settle them. They wait for the facilitator and the store, so that event loops do not.
 * @param maxWaiting Maximum number of requests that wait for a thread to take their
 * payment. Beyond, requests are refused with 503.
 */
@ConfigurationProperties("x402.webflux")
record X402WebFluxProperties(@DefaultValue("200") int maxThreads, @DefaultValue("10000") int maxWaiting) {

	public X402WebFluxProperties {
		check("max-threads", maxThreads);
		check("max-waiting", maxWaiting);
	}

	private static void check(String name, int value) {
		if (value < 1) {
			throw new InvalidPropertyException("x402.webflux." + name, Integer.toString(value), "must be at least 1",
					"Remove the property to use the default.");
		}
	}

}
