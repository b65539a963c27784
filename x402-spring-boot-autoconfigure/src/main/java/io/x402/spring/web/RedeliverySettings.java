/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

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
	 * Return settings that store nothing.
	 * @return the settings
	 */
	public static RedeliverySettings disabled() {
		return new RedeliverySettings(false, 0, 0, List.of(), List.of());
	}

}
