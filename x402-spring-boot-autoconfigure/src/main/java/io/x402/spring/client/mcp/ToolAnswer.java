/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.util.List;

/**
 * What a server has sent for a call.
 *
 * @param status the HTTP status that stands for it
 * @param documents documents that say why it is no result
 * @param challenges those that ask for a payment
 * @param encoded whether the server takes payments as base64 instead of objects
 * @param receipt JSON of the receipt, empty if there is none
 */
record ToolAnswer(int status, List<byte[]> documents, List<byte[]> challenges, boolean encoded, byte[] receipt) {

	private static final int OK = 200;

	boolean delivers() {
		return this.status == OK;
	}

	boolean asksForPayment() {
		return !this.challenges.isEmpty();
	}

}
