/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Map;

/**
 * An answer of a facilitator server.
 *
 * @param status HTTP status
 * @param body message of the protocol, or an object with an {@code error} that proves
 * nothing about a payment
 * @since 0.1.0
 */
public record ServerAnswer(int status, Object body) {

	static ServerAnswer message(Object message) {
		return new ServerAnswer(200, message);
	}

	/**
	 * Return an answer that is no message of the protocol, so that nobody takes it for a
	 * settlement that failed.
	 * @param status HTTP status
	 * @param error stable code
	 * @return the answer
	 */
	static ServerAnswer error(int status, String error) {
		return new ServerAnswer(status, Map.of("error", error));
	}

}
