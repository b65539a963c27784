/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;

import io.x402.spring.PaymentRequired;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Our seller and the official ones before the same payments, on a chain on which nobody
 * is a contract.
 */
class PaymentCorpusTests {

	@Test
	void whenPaymentIsOfTheCorpusThenItIsTakenAsOfficialSellersTakeIt() {
		try (ConfigurableApplicationContext shop = shop(); HttpSender sender = new HttpSender(port(shop))) {
			Corpus.of("payments").assertDecidedAlike(sender::verdict);
		}
	}

	private static ConfigurableApplicationContext shop() {
		return new SpringApplicationBuilder(Shop.class).web(WebApplicationType.SERVLET)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run("--server.port=0", "--logging.level.root=OFF",
					"--x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "--x402.network=base-sepolia",
					"--x402.base-url=https://shop.example.com", "--x402.facilitator.type=simulated");
	}

	private static int port(ConfigurableApplicationContext shop) {
		return ((ServletWebServerApplicationContext) shop).getWebServer().getPort();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Shop {

		@Bean
		Clock clock() {
			return Corpus.CLOCK;
		}

		@Bean
		SecurityFilterChain openToAll(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

		@Bean
		ShopController shopController() {
			return new ShopController();
		}

	}

	@RestController
	static class ShopController {

		@GetMapping("/paid")
		@PaymentRequired(price = "$0.05")
		String paid() {
			return "paid";
		}

	}

	/**
	 * Sends payments over HTTP.
	 *
	 * @param port port of the shop
	 */
	private record HttpSender(int port) implements AutoCloseable {

		private static final HttpClient CLIENT = HttpClient.newHttpClient();

		String verdict(JsonNode payment) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/paid"));
			payment.get("headers")
				.forEach((header) -> request.header(header.get(0).stringValue(), header.get(1).stringValue()));
			try {
				int status = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
				return (status == 200) ? "sells" : "refuses";
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void close() {
		}

	}

}
