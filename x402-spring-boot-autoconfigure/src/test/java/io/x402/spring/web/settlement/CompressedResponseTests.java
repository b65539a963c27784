/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

import io.x402.spring.PaymentRequired;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A container that compresses changes the headers of a response when it begins to send
 * it. What is stored is the response as it was before.
 */
class CompressedResponseTests {

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "server.compression.enabled=true",
			"server.compression.min-response-size=1");

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /small", "TOMCAT, /large", "TOMCAT, /stream", "JETTY, /large", "JETTY, /stream" })
	void whenTheContainerCompressesThenARepetitionGetsTheSameContent(Container container, String target)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse first = shop.get(target, payment.headerLine(), "Accept-Encoding: gzip");
		assertThat(first.header("Content-Encoding")).isEqualTo("gzip");
		WireResponse again = shop.get(target, payment.headerLine(), "Accept-Encoding: gzip");
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(content(again)).isEqualTo(content(first)).startsWith("goods");
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /large", "TOMCAT, /stream", "JETTY, /large", "JETTY, /stream" })
	void whenARepetitionUnderstandsNoCompressionThenItGetsTheSameContent(Container container, String target)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse first = shop.get(target, payment.headerLine(), "Accept-Encoding: gzip");
		WireResponse again = shop.pay(target, payment);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.header("Content-Encoding")).isEmpty();
		assertThat(content(again)).isEqualTo(content(first));
	}

	private static String content(WireResponse response) throws IOException {
		byte[] body = response.body();
		if (!response.header("Content-Encoding").equals("gzip")) {
			return new String(body, StandardCharsets.UTF_8);
		}
		try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(body))) {
			return new String(content.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/small")
		String small() {
			return "goods";
		}

		@GetMapping("/large")
		String large() {
			return "goods".repeat(40_000);
		}

		@GetMapping("/stream")
		ResponseEntity<StreamingResponseBody> stream() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				output.write("goods".getBytes(StandardCharsets.UTF_8));
				output.flush();
				output.write("more goods".getBytes(StandardCharsets.UTF_8));
			});
		}

	}

}
