/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;
import jakarta.servlet.http.HttpServletResponse;

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
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * One route for each way in which a paid response can come about or fail. The parameter
 * {@code id} names the purchase: its runs are logged, and its goods name it in their
 * first and last line, so that an auditor can tell whole goods from a part of them.
 */
@RestController
@Profile("lab")
@RequestMapping(path = "/lab/audit", produces = MediaType.TEXT_PLAIN_VALUE)
@PaymentRequired(price = "$0.01")
final class AuditController {

	private static final int LARGE_LINES = 4096;

	private static final int STREAM_LINES = 5;

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

	private static void write(String goods, OutputStream body) throws IOException, InterruptedException {
		for (String line : goods.split("(?<=\n)")) {
			body.write(line.getBytes(StandardCharsets.US_ASCII));
			body.flush();
			Thread.sleep(20);
		}
	}

}
