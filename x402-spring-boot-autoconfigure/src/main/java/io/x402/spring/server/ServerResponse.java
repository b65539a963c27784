/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Map;

/**
 * A response of a facilitator server.
 *
 * @param status HTTP status
 * @param body message of the protocol, or an object with an {@code error} that proves
 * nothing about a payment
 * @since 0.1.0
 */
public record ServerResponse(int status, Object body) {

	static ServerResponse message(Object message) {
		return new ServerResponse(200, message);
	}

	/**
	 * Return a response that is no message of the protocol, so that it cannot be read as
	 * a settlement that failed.
	 * @param status HTTP status
	 * @param error stable code
	 * @return the response
	 */
	static ServerResponse error(int status, String error) {
		return new ServerResponse(status, Map.of("error", error));
	}

}
