/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.servlet;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.x402.sample.lab.RunLog;
import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * One route for each way in which a paid response can come about or fail on Spring MVC
 * alone.
 */
@RestController
@Profile("lab")
@ConditionalOnWebApplication(type = Type.SERVLET)
@RequestMapping(path = "/lab/audit", produces = MediaType.TEXT_PLAIN_VALUE)
@PaymentRequired(price = "$0.01")
final class ServletAuditController {

	private static final int STREAM_LINES = 5;

	private final RunLog runs;

	ServletAuditController(RunLog runs) {
		this.runs = runs;
	}

	@GetMapping("/chunks")
	void chunks(@RequestParam String id, HttpServletResponse response) throws IOException, InterruptedException {
		response.setContentType(MediaType.TEXT_PLAIN_VALUE);
		write(this.runs.goods("GET /lab/audit/chunks", id, STREAM_LINES), response.getOutputStream());
	}

	@GetMapping("/stream")
	StreamingResponseBody stream(@RequestParam String id) {
		return (body) -> {
			try {
				write(this.runs.goods("GET /lab/audit/stream", id, STREAM_LINES), body);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

	@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter sse(@RequestParam String id) {
		SseEmitter emitter = new SseEmitter();
		CompletableFuture.runAsync(() -> {
			try {
				for (String line : this.runs.goods("GET /lab/audit/sse", id, STREAM_LINES).split("\n")) {
					emitter.send(line);
					Thread.sleep(20);
				}
				emitter.complete();
			}
			catch (IOException | InterruptedException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@GetMapping("/async")
	Callable<String> async(@RequestParam String id, @RequestParam(defaultValue = "0") long ms) {
		return () -> {
			String goods = this.runs.goods("GET /lab/audit/async", id, 1);
			Thread.sleep(ms);
			return goods;
		};
	}

	@GetMapping("/upstream")
	void upstream(@RequestParam String id, HttpServletResponse response) throws IOException {
		response.getWriter().write(this.runs.goods("GET /lab/audit/upstream", id, 1));
		throw new EOFException("The upstream is gone");
	}

	@GetMapping("/breaks")
	void breaks(@RequestParam String id, HttpServletResponse response) throws IOException {
		response.setContentType(MediaType.TEXT_PLAIN_VALUE);
		String goods = this.runs.goods("GET /lab/audit/breaks", id, 2);
		response.getOutputStream().write(goods.substring(0, goods.length() / 2).getBytes(StandardCharsets.US_ASCII));
		response.flushBuffer();
		throw new IllegalStateException("Out of order after the first half");
	}

	private static void write(String goods, OutputStream body) throws IOException, InterruptedException {
		for (String line : goods.split("(?<=\n)")) {
			body.write(line.getBytes(StandardCharsets.US_ASCII));
			body.flush();
			Thread.sleep(20);
		}
	}

}
