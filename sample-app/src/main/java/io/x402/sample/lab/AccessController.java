/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import io.x402.sample.lab.LabController.Goods;
import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;

import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Free calls, passes and balances.
 */
@RestController
@Profile("lab")
final class AccessController {

	private final HandlerRuns runs;

	AccessController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
	@GetMapping("/trial")
	Goods trial() {
		return goods("GET /trial");
	}

	@PaymentRequired(price = "$0.01", freeQuota = "10 per 1d")
	@GetMapping("/forecast")
	Goods forecast() {
		return goods("GET /forecast");
	}

	@PaymentRequired(price = "$1.00", pass = @Pass(duration = "1h"))
	@GetMapping("/reports/{quarter}")
	Goods report(@PathVariable String quarter) {
		return goods("GET /reports/" + quarter);
	}

	@PaymentRequired(price = "$1.00", pass = @Pass(duration = "1h"))
	@GetMapping("/hour")
	Goods hour() {
		return goods("GET /hour");
	}

	@PaymentRequired(price = "$0.10", pass = @Pass(uses = 10))
	@GetMapping("/ten")
	Goods ten() {
		return goods("GET /ten");
	}

	@PaymentRequired(price = "$0.002", topUp = "$0.10")
	@GetMapping("/credit")
	Goods credit() {
		return goods("GET /credit");
	}

	@PaymentRequired(price = "$0.002", topUp = "$0.10")
	@GetMapping("/essays/{topic}")
	Goods essay(@PathVariable String topic) {
		return goods("GET /essays/" + topic);
	}

	private Goods goods(String handler) {
		return new Goods(handler, this.runs.served(handler));
	}

}
