/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.spring.PaymentRequired;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Costs less than a transfer. Who tops up a balance pays from it, call by call.
 */
@RestController
final class TideController {

	private final HandlerRuns runs;

	TideController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.002", topUp = "$0.02", description = "The height of the tide, right now",
			mimeType = MediaType.TEXT_PLAIN_VALUE)
	@GetMapping(path = "/tide", produces = MediaType.TEXT_PLAIN_VALUE)
	String tide() {
		return "2.4 m and rising. %s\n".formatted(this.runs.served("GET /tide"));
	}

}
