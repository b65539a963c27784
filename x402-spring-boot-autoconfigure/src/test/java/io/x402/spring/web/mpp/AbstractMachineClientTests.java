/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client of a shop, and what it remembers of before its test.
 */
abstract class AbstractMachineClientTests {

	private static final AtomicInteger KEYS = new AtomicInteger();

	private final HttpClient http = HttpClient.newHttpClient();

	/** Each test has a payer of its own. */
	final MachineBuyer buyer = new MachineBuyer("2".repeat(56) + String.format("%08x", KEYS.incrementAndGet()));

	@LocalServerPort
	int port;

	@Autowired
	FacilitatorDouble facilitator;

	@Autowired
	MovingClock clock;

	@Autowired
	Goods shop;

	int runsBefore;

	private int settledBefore;

	@BeforeEach
	void remember() {
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
		this.settledBefore = this.facilitator.settled();
		this.runsBefore = this.shop.runs.get();
	}

	void assertSettled(int times) {
		assertThat(this.facilitator.settled() - this.settledBefore).isEqualTo(times);
	}

	void assertRefused(HttpResponse<String> response, String code) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(402);
		assertThat(MachineBuyer.object(response.body())).containsEntry("code", code).containsKey("challengeId");
		assertThat(MachineBuyer.challenges(response)).hasSize(1);
		assertThat(response.headers().firstValue("Payment-Receipt")).isEmpty();
		assertSettled(0);
	}

	static Map<String, Object> challenge(HttpResponse<String> response) {
		return MachineBuyer.challenges(response).get(0);
	}

	HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		return send("GET", path, null, headers);
	}

	HttpResponse<String> send(String method, String path, String body, String... headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		if (body != null) {
			request.header("Content-Type", "text/plain");
		}
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		MovingClock clock() {
			return MovingClock.running();
		}

		@Bean
		Goods goods() {
			return new Goods();
		}

	}

	@RestController
	static class Goods {

		final AtomicInteger runs = new AtomicInteger();

		volatile String price = "$0.01";

		public String price() {
			return this.price;
		}

		@PaymentRequired(price = "$0.05", description = "Some \"goods\"")
		@GetMapping("/goods")
		String goods(@RequestParam(defaultValue = "0") String a) {
			this.runs.incrementAndGet();
			return "goods " + a;
		}

		@PaymentRequired(price = "$0.05")
		@PostMapping("/goods")
		String goodsOf(@RequestBody String body) {
			return "goods " + body;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/cheap")
		String cheap() {
			return "cheap";
		}

		@PaymentRequired(price = "#{@goods.price()}")
		@GetMapping("/changing")
		String changing() {
			return "changing";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/fails")
		String fails() {
			throw new IllegalStateException("Nothing today");
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/open")
		String open() {
			return "open";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/users/secret")
		String secret(@RequestHeader("Authorization") String authorization) {
			return authorization.startsWith("Basic ") ? "user pays" : "nobody";
		}

	}

}
