/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import io.x402.spring.PaymentRequired;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Fails whenever it is asked. Nobody is charged for that.
 */
@RestController
final class TelescopeController {

	private final HandlerRuns runs;

	TelescopeController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.01", description = "A look through a telescope that is broken",
			mimeType = MediaType.TEXT_PLAIN_VALUE)
	@GetMapping("/telescope")
	String look() {
		this.runs.served("GET /telescope");
		throw new BrokenException();
	}

	@ResponseStatus(code = HttpStatus.INTERNAL_SERVER_ERROR, reason = "The telescope is broken")
	private static final class BrokenException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
