/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One payment opens the chart three times: the response to it carries a pass.
 */
@RestController
final class ChartController {

	private final HandlerRuns runs;

	ChartController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.03", pass = @Pass(uses = 3), description = "Three looks at the chart of the bay",
			mimeType = MediaType.TEXT_PLAIN_VALUE)
	@GetMapping(path = "/chart", produces = MediaType.TEXT_PLAIN_VALUE)
	String chart() {
		return "Keep the light abeam until the pier opens. %s\n".formatted(this.runs.served("GET /chart"));
	}

}
