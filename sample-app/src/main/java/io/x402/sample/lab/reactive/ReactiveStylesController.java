/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.reactive;

import java.nio.charset.StandardCharsets;

import io.x402.sample.lab.LargeText;
import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.view.RedirectView;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * One handler for each style of answering that WebFlux alone has, at the paths of their
 * relatives on Spring MVC. All but the forwarding one cost the same; that one is free and
 * leads to a paid one, which must not become free thereby.
 */
@Controller
@Profile("lab")
@ConditionalOnWebApplication(type = Type.REACTIVE)
@PaymentRequired(price = "$0.01")
final class ReactiveStylesController {

	private final HandlerRuns runs;

	private final ObjectProvider<DispatcherHandler> dispatcher;

	ReactiveStylesController(HandlerRuns runs, ObjectProvider<DispatcherHandler> dispatcher) {
		this.runs = runs;
		this.dispatcher = dispatcher;
	}

	@GetMapping("/big")
	Mono<Void> big(ServerHttpResponse response) {
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		return response.writeWith(Flux.fromIterable(LargeText.of(this.runs.served("GET /big")))
			.map((chunk) -> response.bufferFactory().wrap(chunk)));
	}

	@GetMapping("/lab/writer")
	Mono<Void> writer(ServerHttpResponse response) {
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		return response.writeWith(buffer("GET /lab/writer"));
	}

	@GetMapping("/lab/output")
	Mono<Void> output(ServerHttpResponse response) {
		return response.writeAndFlushWith(Mono.just(buffer("GET /lab/output")));
	}

	@GetMapping(path = "/lab/stream", produces = MediaType.TEXT_PLAIN_VALUE)
	@ResponseBody
	Flux<DataBuffer> stream() {
		return buffer("GET /lab/stream").flux();
	}

	@GetMapping("/lab/view")
	RedirectView view() {
		this.runs.served("GET /lab/view");
		return new RedirectView("/free", HttpStatus.FOUND);
	}

	@GetMapping("/lab/error")
	Mono<Void> error() {
		this.runs.served("GET /lab/error");
		return Mono.error(new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE));
	}

	@GetMapping("/lab/callable")
	@ResponseBody
	Mono<String> callable() {
		return Mono.fromCallable(() -> this.runs.served("GET /lab/callable"));
	}

	@GetMapping("/lab/deferred")
	@ResponseBody
	Mono<String> deferred() {
		return Mono.fromCallable(() -> this.runs.served("GET /lab/deferred")).subscribeOn(Schedulers.boundedElastic());
	}

	@GetMapping(path = "/lab/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	@ResponseBody
	Flux<String> sse() {
		return Flux.concat(Mono.just("first"), Mono.fromCallable(() -> this.runs.served("GET /lab/sse")));
	}

	@PaymentRequired(price = "free")
	@GetMapping("/lab/forward")
	Mono<Void> forward(ServerWebExchange exchange) {
		ServerWebExchange forwarded = exchange.mutate().request((request) -> request.path("/lab/pojo")).build();
		return this.dispatcher.getObject().handle(forwarded);
	}

	private Mono<DataBuffer> buffer(String handler) {
		return Mono.fromCallable(() -> DefaultDataBufferFactory.sharedInstance
			.wrap(this.runs.served(handler).getBytes(StandardCharsets.US_ASCII)));
	}

}
