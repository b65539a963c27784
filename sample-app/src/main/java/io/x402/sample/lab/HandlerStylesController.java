/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;

import org.springframework.context.annotation.Profile;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One handler for each style of answering that both web stacks have.
 */
@RestController
@Profile("lab")
@RequestMapping("/lab")
@PaymentRequired(price = "$0.01")
final class HandlerStylesController {

	private final HandlerRuns runs;

	HandlerStylesController(HandlerRuns runs) {
		this.runs = runs;
	}

	@GetMapping("/pojo")
	Map<String, String> pojo() {
		return Map.of("source", this.runs.served("GET /lab/pojo"));
	}

	@GetMapping("/string")
	String string() {
		return this.runs.served("GET /lab/string");
	}

	@GetMapping("/bytes")
	byte[] bytes() {
		return bytes("GET /lab/bytes");
	}

	@GetMapping("/entity")
	ResponseEntity<String> entity() {
		return ResponseEntity.ok().header("X-Lab", "entity").body(this.runs.served("GET /lab/entity"));
	}

	@GetMapping("/resource")
	Resource resource() {
		return new ByteArrayResource(bytes("GET /lab/resource"));
	}

	@GetMapping("/future")
	CompletableFuture<String> future() {
		return CompletableFuture.supplyAsync(() -> this.runs.served("GET /lab/future"));
	}

	@GetMapping("/etag")
	ResponseEntity<String> etag() {
		return ResponseEntity.ok().eTag("lab").body(this.runs.served("GET /lab/etag"));
	}

	@GetMapping("/cookie")
	ResponseEntity<String> cookie() {
		return ResponseEntity.ok()
			.header(HttpHeaders.SET_COOKIE, ResponseCookie.from("lab", "cookie").build().toString())
			.body(this.runs.served("GET /lab/cookie"));
	}

	private byte[] bytes(String handler) {
		return this.runs.served(handler).getBytes(StandardCharsets.US_ASCII);
	}

}
