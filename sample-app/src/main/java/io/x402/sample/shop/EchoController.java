/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.spring.PaymentRequired;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells an echo: a request with a body is priced like any other.
 */
@RestController
final class EchoController {

	private final HandlerRuns runs;

	EchoController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.01", description = "Your own words, returned", mimeType = MediaType.TEXT_PLAIN_VALUE)
	@PostMapping(path = "/echo", produces = MediaType.TEXT_PLAIN_VALUE)
	String echo(@RequestBody(required = false) String body) {
		return "%s\n%s\n".formatted((body != null) ? body : "", this.runs.served("POST /echo"));
	}

}
