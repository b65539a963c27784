/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.time.Duration;
import java.util.List;

/**
 * What is stored of responses to paid requests, so that they can be delivered again.
 *
 * @param enabled whether anything is stored
 * @param bodyLimit maximum number of bytes of a body that is stored
 * @param memory maximum number of bytes of bodies that are copied while they are written,
 * in all
 * @param headers names of the headers that are stored
 * @param identityHeaders names of the request headers that tell requests apart
 * @since 0.1.0
 */
public record RedeliverySettings(boolean enabled, int bodyLimit, long memory, List<String> headers,
		List<String> identityHeaders) {

	/**
	 * Time that the handler of an unsafe request has left without its buyer to complete
	 * the response that was charged.
	 * @since 0.2.0
	 */
	public static final Duration TIME_AFTER_LOSS = Duration.ofMinutes(5);

	/**
	 * Return settings that store nothing.
	 * @return the settings
	 */
	public static RedeliverySettings disabled() {
		return new RedeliverySettings(false, 0, 0, List.of(), List.of());
	}

}
