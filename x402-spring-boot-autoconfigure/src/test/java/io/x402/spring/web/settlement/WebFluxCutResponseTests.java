/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.x402.spring.PaymentRequired;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The rows of {@link CutResponseTests} on Reactor Netty, whose streams are those of
 * Reactor in place of {@code StreamingResponseBody} and {@code ResponseBodyEmitter}. An
 * emitter that its handler forgets has no counterpart, since WebFlux has no timeout.
 */
class WebFluxCutResponseTests {

	private static final int LENGTH = 70_000;

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(GoodsConfiguration.class, "server.http2.enabled=true");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/declared", "/declared-stream", "/stream", "/events" })
	void whenAResponseFailsAfterItsReleaseThenNoErrorPageCompletesIt(String target) throws IOException {
		Payment payment = shop.goodPayment(target);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.shows("timestamp")).isFalse();
		assertThat(response.shows("\r\n0\r\n\r\n")).isFalse();
		if (target.startsWith("/declared")) {
			assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(LENGTH));
			assertThat(response.body()).hasSizeLessThan(LENGTH);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/declared", "/declared-stream", "/stream", "/events" })
	void whenAResponseFailsAfterItsReleaseThenItsHttp2StreamIsReset(String target) throws Exception {
		Payment payment = shop.goodPayment(target);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> overHttp2("GET", target, payment))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void whenAResponseEndsWellThenItsHttp2StreamDoes() throws Exception {
		Payment payment = shop.goodPayment("/whole-stream");
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> response = overHttp2("GET", "/whole-stream", payment);
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
			assertThat(response.body()).endsWith("goods and goods");
		}
	}

	@Test
	void whenHeadAsksForAStreamThenItsHttp2StreamEnds() throws Exception {
		Payment payment = shop.goodPayment("/whole-stream");
		HttpResponse<String> response = overHttp2("HEAD", "/whole-stream", payment);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
	}

	private static HttpResponse<String> overHttp2(String method, String target, Payment payment) {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		return client
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + shop.port() + target))
				.method(method, HttpRequest.BodyPublishers.noBody())
				.header("PAYMENT-SIGNATURE", payment.value())
				.build(), BodyHandlers.ofString())
			.orTimeout(60, TimeUnit.SECONDS)
			.join();
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
