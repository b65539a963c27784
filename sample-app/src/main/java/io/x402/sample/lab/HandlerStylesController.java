/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Profile;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * One handler for each style of answering. All but the forwarding one cost the same; that
 * one is free and leads to a paid one, which must not become free thereby.
 */
@Controller
@Profile("lab")
@RequestMapping("/lab")
@PaymentRequired(price = "$0.01")
final class HandlerStylesController {

	private final HandlerRuns runs;

	HandlerStylesController(HandlerRuns runs) {
		this.runs = runs;
	}

	@GetMapping("/pojo")
	@ResponseBody
	Map<String, String> pojo() {
		return Map.of("source", this.runs.served("GET /lab/pojo"));
	}

	@GetMapping("/string")
	@ResponseBody
	String string() {
		return this.runs.served("GET /lab/string");
	}

	@GetMapping("/bytes")
	@ResponseBody
	byte[] bytes() {
		return bytes("GET /lab/bytes");
	}

	@GetMapping("/entity")
	ResponseEntity<String> entity() {
		return ResponseEntity.ok().header("X-Lab", "entity").body(this.runs.served("GET /lab/entity"));
	}

	@GetMapping("/resource")
	@ResponseBody
	Resource resource() {
		return new ByteArrayResource(bytes("GET /lab/resource"));
	}

	@GetMapping("/writer")
	void writer(HttpServletResponse response) throws IOException {
		response.setContentType(MediaType.TEXT_PLAIN_VALUE);
		response.getWriter().print(this.runs.served("GET /lab/writer"));
		response.getWriter().flush();
	}

	@GetMapping("/output")
	void output(HttpServletResponse response) throws IOException {
		response.getOutputStream().write(bytes("GET /lab/output"));
		response.flushBuffer();
	}

	@GetMapping("/stream")
	@ResponseBody
	StreamingResponseBody stream() {
		return (body) -> body.write(bytes("GET /lab/stream"));
	}

	@GetMapping("/view")
	String view() {
		this.runs.served("GET /lab/view");
		return "redirect:/free";
	}

	@GetMapping("/error")
	void error(HttpServletResponse response) throws IOException {
		this.runs.served("GET /lab/error");
		response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
	}

	@GetMapping("/callable")
	@ResponseBody
	Callable<String> callable() {
		return () -> this.runs.served("GET /lab/callable");
	}

	@GetMapping("/deferred")
	@ResponseBody
	DeferredResult<String> deferred() {
		DeferredResult<String> result = new DeferredResult<>();
		CompletableFuture.runAsync(() -> result.setResult(this.runs.served("GET /lab/deferred")));
		return result;
	}

	@GetMapping("/future")
	@ResponseBody
	CompletableFuture<String> future() {
		return CompletableFuture.supplyAsync(() -> this.runs.served("GET /lab/future"));
	}

	@GetMapping("/sse")
	SseEmitter sse() {
		SseEmitter emitter = new SseEmitter();
		CompletableFuture.runAsync(() -> sendTo(emitter));
		return emitter;
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

	@PaymentRequired(price = "free")
	@GetMapping("/forward")
	String forward() {
		return "forward:/lab/pojo";
	}

	private void sendTo(SseEmitter emitter) {
		try {
			emitter.send("first");
			emitter.send(this.runs.served("GET /lab/sse"));
			emitter.complete();
		}
		catch (IOException ex) {
			emitter.completeWithError(ex);
		}
	}

	private byte[] bytes(String handler) {
		return this.runs.served(handler).getBytes(StandardCharsets.US_ASCII);
	}

}
