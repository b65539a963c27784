/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import io.x402.spring.client.PaidCall;

/**
 * The result of a paid call on its way to its caller. It is delivered when the client
 * unmarshals it, which it does only while its caller waits.
 *
 * @param result the result as the server sent it
 * @param call is told when it is delivered
 */
record PaidResult(Object result, PaidCall call) {

	@Override
	public String toString() {
		return this.result.toString();
	}

}
