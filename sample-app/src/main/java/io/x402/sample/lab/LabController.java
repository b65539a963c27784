/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.math.BigDecimal;
import java.util.Map;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Prices, statuses and sizes, and the count of handler runs to check them against.
 */
@RestController
@Profile("lab")
@PaymentRequired(price = "$0.01")
final class LabController {

	static final BigDecimal USED = new BigDecimal("0.02");

	private final HandlerRuns runs;

	LabController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "free")
	@GetMapping("/__lab/stats")
	Stats stats() {
		return new Stats(this.runs.counts());
	}

	@PaymentRequired(price = "$0.05")
	@GetMapping("/weather2")
	Goods weather() {
		return goods("GET /weather2");
	}

	@GetMapping("/cheap")
	Goods cheap() {
		return goods("GET /cheap");
	}

	@PaymentRequired(price = "$0.10")
	@GetMapping("/premium")
	Goods premium() {
		return goods("GET /premium");
	}

	@PaymentRequired(price = "$0.05", maxTimeout = Permit2Offers.MAX_TIMEOUT)
	@GetMapping("/permit2")
	Goods permit2() {
		return goods("GET /permit2");
	}

	@PaymentRequired(price = "$0.05", scheme = PaymentScheme.UPTO)
	@GetMapping("/upto")
	Goods upto(VerifiedPayment payment) {
		payment.charge(USED);
		return goods("GET /upto");
	}

	@GetMapping("/fail")
	@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
	String fail() {
		this.runs.served("GET /fail");
		return "Out of order";
	}

	@GetMapping("/throw")
	Goods fault() {
		this.runs.served("GET /throw");
		throw new IllegalStateException("Out of order");
	}

	@GetMapping("/denied")
	@ResponseStatus(HttpStatus.FORBIDDEN)
	String denied() {
		this.runs.served("GET /denied");
		return "Not for you";
	}

	@GetMapping("/slow")
	Goods slow(@RequestParam(defaultValue = "1000") long ms) throws InterruptedException {
		Goods goods = goods("GET /slow");
		Thread.sleep(ms);
		return goods;
	}

	@GetMapping("/nocontent")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void noContent() {
		this.runs.served("GET /nocontent");
	}

	private Goods goods(String handler) {
		return new Goods(handler, this.runs.served(handler));
	}

	record Goods(String handler, String source) {

	}

	record Stats(Map<String, Long> handlerRuns) {

	}

}
