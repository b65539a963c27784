/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * One route for each way in which a paid response can come about or fail on both web
 * stacks. The parameter {@code id} names the purchase: its runs are logged, and its goods
 * name it in their first and last line, so that an auditor can tell whole goods from a
 * part of them.
 */
@RestController
@Profile("lab")
@RequestMapping(path = "/lab/audit", produces = MediaType.TEXT_PLAIN_VALUE)
@PaymentRequired(price = "$0.01")
final class AuditController {

	private static final int LARGE_LINES = 4096;

	private final RunLog runs;

	AuditController(RunLog runs) {
		this.runs = runs;
	}

	@GetMapping("/small")
	String small(@RequestParam String id, @RequestParam(defaultValue = "0") long ms) throws InterruptedException {
		String goods = this.runs.goods("GET /lab/audit/small", id, 1);
		Thread.sleep(ms);
		return goods;
	}

	@PostMapping("/order")
	String order(@RequestParam String id, @RequestParam(defaultValue = "0") long ms,
			@RequestBody(required = false) String body) throws InterruptedException {
		String goods = this.runs.goods("POST /lab/audit/order", id, 1);
		Thread.sleep(ms);
		return goods;
	}

	@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
	@PostMapping("/upfront")
	String upfront(@RequestParam String id, @RequestBody(required = false) String body) {
		return this.runs.goods("POST /lab/audit/upfront", id, 1);
	}

	@GetMapping("/large")
	String large(@RequestParam String id) {
		return this.runs.goods("GET /lab/audit/large", id, LARGE_LINES);
	}

	@PostMapping("/image")
	String image(@RequestParam String id, @RequestBody(required = false) String body) {
		return this.runs.goods("POST /lab/audit/image", id, LARGE_LINES);
	}

	@PostMapping("/later")
	CompletableFuture<String> later(@RequestParam String id, @RequestParam(defaultValue = "0") long ms,
			@RequestBody(required = false) String body) {
		return CompletableFuture.supplyAsync(() -> this.runs.goods("POST /lab/audit/later", id, 1),
				CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS));
	}

	@GetMapping("/fails")
	@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
	String fails(@RequestParam String id) {
		this.runs.goods("GET /lab/audit/fails", id, 1);
		return "Out of order";
	}

	@PaymentRequired(price = "$0.05", scheme = PaymentScheme.UPTO)
	@GetMapping("/upto")
	String upto(@RequestParam String id, VerifiedPayment payment) {
		payment.charge(LabController.USED);
		return this.runs.goods("GET /lab/audit/upto", id, 1);
	}

	@PaymentRequired(price = "$0.05", maxTimeout = Permit2Offers.MAX_TIMEOUT)
	@GetMapping("/permit2")
	String permit2(@RequestParam String id) {
		return this.runs.goods("GET /lab/audit/permit2", id, 1);
	}

}
