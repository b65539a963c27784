/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Paid responses that fail on the way, on WebFlux and Reactor Netty, whose streams are
 * those of Reactor in place of {@code StreamingResponseBody} and
 * {@code ResponseBodyEmitter}. An emitter that its handler forgets has no counterpart,
 * since WebFlux has no timeout.
 */
class WebFluxCutStreamTests extends AbstractCutStreamTests {

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, PROPERTY));
	}

	@Override
	protected Stream<String> failing() {
		return Stream.concat(super.failing(), Stream.of("/events"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private static <T> Mono<T> failure() {
			return Mono.error(new IllegalStateException("It cannot go on"));
		}

		private static Mono<DataBuffer> bytes(byte[] bytes) {
			return Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(bytes));
		}

		@GetMapping("/declared")
		Mono<Void> declared(ServerHttpResponse response) {
			response.getHeaders().setContentLength(LENGTH);
			return response.writeWith(Flux.concat(bytes(new byte[LENGTH - 10]), failure()));
		}

		@GetMapping("/declared-stream")
		Mono<Void> declaredStream(ServerHttpResponse response) {
			response.getHeaders().setContentLength(LENGTH);
			return response.writeAndFlushWith(Flux.just(bytes(new byte[LENGTH - 10])));
		}

		@GetMapping("/stream")
		Mono<Void> stream(ServerHttpResponse response) {
			response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
			return response.writeAndFlushWith(Flux.concat(Flux.just(bytes(new byte[LENGTH])), failure()));
		}

		@GetMapping("/events")
		Flux<ServerSentEvent<String>> events() {
			return Flux.concat(Flux.just(ServerSentEvent.builder("goods").build()), failure());
		}

		@GetMapping("/whole-stream")
		Mono<Void> wholeStream(ServerHttpResponse response) {
			response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
			return response.writeAndFlushWith(Flux.just(bytes("goods".repeat(LENGTH).getBytes(StandardCharsets.UTF_8)),
					bytes(" and goods".getBytes(StandardCharsets.UTF_8))));
		}

	}

}
