/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.x402.sample.lab.LargeText;
import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * One handler for each style of answering that Spring MVC alone has. All but the
 * forwarding one cost the same; that one is free and leads to a paid one, which must not
 * become free thereby.
 */
@Controller
@Profile("lab")
@ConditionalOnWebApplication(type = Type.SERVLET)
@PaymentRequired(price = "$0.01")
final class ServletStylesController {

	private final HandlerRuns runs;

	ServletStylesController(HandlerRuns runs) {
		this.runs = runs;
	}

	@GetMapping("/big")
	void big(HttpServletResponse response) throws IOException {
		response.setContentType(MediaType.TEXT_PLAIN_VALUE);
		for (byte[] chunk : LargeText.of(this.runs.served("GET /big"))) {
			response.getOutputStream().write(chunk);
		}
	}

	@GetMapping("/lab/writer")
	void writer(HttpServletResponse response) throws IOException {
		response.setContentType(MediaType.TEXT_PLAIN_VALUE);
		response.getWriter().print(this.runs.served("GET /lab/writer"));
		response.getWriter().flush();
	}

	@GetMapping("/lab/output")
	void output(HttpServletResponse response) throws IOException {
		response.getOutputStream().write(bytes("GET /lab/output"));
		response.flushBuffer();
	}

	@GetMapping("/lab/stream")
	@ResponseBody
	StreamingResponseBody stream() {
		return (body) -> body.write(bytes("GET /lab/stream"));
	}

	@GetMapping("/lab/view")
	String view() {
		this.runs.served("GET /lab/view");
		return "redirect:/free";
	}

	@GetMapping("/lab/error")
	void error(HttpServletResponse response) throws IOException {
		this.runs.served("GET /lab/error");
		response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
	}

	@GetMapping("/lab/callable")
	@ResponseBody
	Callable<String> callable() {
		return () -> this.runs.served("GET /lab/callable");
	}

	@GetMapping("/lab/deferred")
	@ResponseBody
	DeferredResult<String> deferred() {
		DeferredResult<String> result = new DeferredResult<>();
		CompletableFuture.runAsync(() -> result.setResult(this.runs.served("GET /lab/deferred")));
		return result;
	}

	@GetMapping("/lab/sse")
	SseEmitter sse() {
		SseEmitter emitter = new SseEmitter();
		CompletableFuture.runAsync(() -> sendTo(emitter));
		return emitter;
	}

	@PaymentRequired(price = "free")
	@GetMapping("/lab/forward")
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
