/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.reactive;

import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.x402.sample.lab.RunLog;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * One route for each way in which a paid response can come about or fail on WebFlux
 * alone, at the paths of their relatives on Spring MVC.
 */
@RestController
@Profile("lab")
@ConditionalOnWebApplication(type = Type.REACTIVE)
@RequestMapping(path = "/lab/audit", produces = MediaType.TEXT_PLAIN_VALUE)
@PaymentRequired(price = "$0.01")
final class ReactiveAuditController {

	private static final int STREAM_LINES = 5;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final RunLog runs;

	ReactiveAuditController(RunLog runs) {
		this.runs = runs;
	}

	@GetMapping("/chunks")
	Mono<Void> chunks(@RequestParam String id, ServerHttpResponse response) {
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		return response.writeAndFlushWith(buffers("GET /lab/audit/chunks", id).map(Mono::just));
	}

	@GetMapping("/stream")
	Flux<DataBuffer> stream(@RequestParam String id) {
		return buffers("GET /lab/audit/stream", id);
	}

	@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> sse(@RequestParam String id) {
		return Flux.fromArray(this.runs.goods("GET /lab/audit/sse", id, STREAM_LINES).split("\n")).delayElements(PAUSE);
	}

	@GetMapping("/async")
	Mono<String> async(@RequestParam String id, @RequestParam(defaultValue = "0") long ms) {
		return Mono.fromCallable(() -> this.runs.goods("GET /lab/audit/async", id, 1))
			.delayElement(Duration.ofMillis(ms));
	}

	@GetMapping("/upstream")
	Mono<Void> upstream(@RequestParam String id, ServerHttpResponse response) {
		DataBuffer goods = buffer(this.runs.goods("GET /lab/audit/upstream", id, 1));
		return response.writeWith(Flux.concat(Mono.just(goods), Mono.error(new EOFException("The upstream is gone"))));
	}

	@GetMapping("/breaks")
	Mono<Void> breaks(@RequestParam String id, ServerHttpResponse response) {
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		String goods = this.runs.goods("GET /lab/audit/breaks", id, 2);
		DataBuffer half = buffer(goods.substring(0, goods.length() / 2));
		return response.writeAndFlushWith(Flux.concat(Mono.just(Mono.just(half)),
				Mono.error(new IllegalStateException("Out of order after the first half"))));
	}

	private Flux<DataBuffer> buffers(String handler, String id) {
		return Flux.fromArray(this.runs.goods(handler, id, STREAM_LINES).split("(?<=\n)"))
			.delayElements(PAUSE)
			.map(ReactiveAuditController::buffer);
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.US_ASCII));
	}

}
