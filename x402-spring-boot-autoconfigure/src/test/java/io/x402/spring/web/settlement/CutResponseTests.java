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
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A paid response that fails on the way never looks complete, whatever the container does
 * about the failure.
 */
class CutResponseTests {

	private static final int LENGTH = 70_000;

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class).with(Container.TOMCAT, "server.http2.enabled=true");

	/**
	 * Tomcat appends an error page to a response that is begun, and it could fill what is
	 * missing of the declared length.
	 */
	@ParameterizedTest
	@CsvSource({ "TOMCAT, /declared", "TOMCAT, /declared-stream", "TOMCAT, /emitter", "TOMCAT, /silent-emitter",
			"JETTY, /declared", "JETTY, /declared-stream", "JETTY, /emitter", "JETTY, /silent-emitter" })
	void whenAResponseFailsAfterItsReleaseThenNoErrorPageCompletesIt(Container container, String target)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.shows("timestamp")).isFalse();
		if (target.startsWith("/declared")) {
			assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(LENGTH));
			assertThat(response.body()).hasSizeLessThan(LENGTH);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/declared", "/declared-stream", "/stream", "/emitter", "/silent-emitter" })
	void whenAResponseFailsAfterItsReleaseThenItsHttp2StreamIsReset(String target) throws Exception {
		Shop shop = SHOPS.get(Container.TOMCAT);
		Payment payment = shop.payment(target);
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> overHttp2(shop, target, payment))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void whenAResponseEndsWellThenItsHttp2StreamDoes() throws Exception {
		Shop shop = SHOPS.get(Container.TOMCAT);
		Payment payment = shop.payment("/whole-stream");
		shop.script(payment, SettleBehaviour.SETTLED);
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> response = overHttp2(shop, "/whole-stream", payment);
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
			assertThat(response.body()).endsWith("goods and goods");
		}
	}

	@Test
	void whenHeadAsksForAStreamThenItsHttp2StreamEnds() throws Exception {
		Shop shop = SHOPS.get(Container.TOMCAT);
		Payment payment = shop.payment("/whole-stream");
		shop.script(payment, SettleBehaviour.SETTLED);
		HttpResponse<String> response = overHttp2(shop, "HEAD", "/whole-stream", payment);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
	}

	private static HttpResponse<String> overHttp2(Shop shop, String target, Payment payment) throws Exception {
		return overHttp2(shop, "GET", target, payment);
	}

	private static HttpResponse<String> overHttp2(Shop shop, String method, String target, Payment payment)
			throws Exception {
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

		@GetMapping("/declared")
		void declared(HttpServletResponse response) throws IOException {
			response.setContentLength(LENGTH);
			response.getOutputStream().write(new byte[LENGTH - 10]);
			response.flushBuffer();
			throw new IllegalStateException("It cannot go on");
		}

		@GetMapping("/declared-stream")
		ResponseEntity<StreamingResponseBody> declaredStream() {
			return ResponseEntity.ok().contentLength(LENGTH).body((output) -> {
				output.write(new byte[LENGTH - 10]);
				output.flush();
			});
		}

		@GetMapping("/stream")
		ResponseEntity<StreamingResponseBody> stream() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				output.write(new byte[LENGTH]);
				output.flush();
				throw new IOException("It cannot go on");
			});
		}

		@GetMapping("/whole-stream")
		ResponseEntity<StreamingResponseBody> wholeStream() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				output.write("goods".repeat(LENGTH).getBytes(StandardCharsets.UTF_8));
				output.flush();
				output.write(" and goods".getBytes(StandardCharsets.UTF_8));
			});
		}

		@GetMapping("/emitter")
		ResponseBodyEmitter emitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(20_000L);
			emitter.send("goods");
			Thread sender = new Thread(() -> {
				try {
					emitter.send("goods");
				}
				catch (IOException ex) {
					// It is cut off then
				}
				emitter.completeWithError(new IllegalStateException("It cannot go on"));
			});
			sender.start();
			return emitter;
		}

		@GetMapping("/silent-emitter")
		ResponseBodyEmitter silentEmitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(200L);
			emitter.send("goods");
			return emitter;
		}

	}

}
