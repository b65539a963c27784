/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.Map;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Gives something away: a handler without a price is untouched by x402.
 */
@RestController
final class FreeController {

	@GetMapping("/free")
	Map<String, String> free() {
		return Map.of("message", "This one is on the house.");
	}

}
