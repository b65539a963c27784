/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.x402.spring.PaymentRequired;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The applications that are compared.
 */
final class Applications implements AutoCloseable {

	/** What the starter asks of the client of its facilitator. */
	private static final HttpClientSettings LIKE_OURS = HttpClientSettings.defaults()
		.withRedirects(HttpRedirects.DONT_FOLLOW)
		.withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(90));

	private static final String GOODS = "{\"city\":\"Hamburg\",\"celsius\":7}";

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	/**
	 * Start an application.
	 * @param type its configuration
	 * @param properties its properties
	 * @return its context
	 */
	ConfigurableApplicationContext start(Class<?> type, Map<String, String> properties) {
		Map<String, Object> all = new HashMap<>(Map.of("server.port", "0", "server.address", "127.0.0.1",
				"server.tomcat.max-keep-alive-requests", "-1", "spring.main.banner-mode", "off", "logging.level.root",
				"warn", "x402.pay-to", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.network", "base-sepolia",
				"x402.base-url", "https://shop.example.com", "x402.facilitator.supported.check", "false"));
		all.putAll(properties);
		String[] args = all.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		ConfigurableApplicationContext context = new SpringApplication(type).run(args);
		this.contexts.add(context);
		return context;
	}

	/**
	 * Return the property that leaves the starter out.
	 */
	static Map<String, String> withoutStarter() {
		return Map.of("spring.autoconfigure.exclude",
				StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
					.filter((name) -> name.startsWith("io.x402."))
					.collect(Collectors.joining(",")));
	}

	static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
	}

	@Override
	public void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	/**
	 * An application with the starter.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithStarter {

		@Bean
		PricedController pricedController() {
			return new PricedController();
		}

	}

	/**
	 * An application with the starter and a facilitator in the same process.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithInstantFacilitator {

		@Bean
		PricedController pricedController() {
			return new PricedController();
		}

		@Bean
		Facilitator facilitator(Environment environment) {
			return new InstantFacilitator(environment.getRequiredProperty("benchmark.payer"));
		}

	}

	/**
	 * An application without the starter.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithoutStarter {

		@Bean
		PlainController plainController(WebClient.Builder builder, Environment environment) {
			WebClient client = builder.clientConnector(ClientHttpConnectorBuilder.detect().build(LIKE_OURS))
				.baseUrl(environment.getRequiredProperty("benchmark.facilitator"))
				.build();
			return new PlainController(client);
		}

	}

	@RestController
	static class PricedController {

		@GetMapping("/free")
		String free() {
			return GOODS;
		}

		@GetMapping("/paid")
		@PaymentRequired(price = "$0.001", description = "Weather of one city", mimeType = "application/json")
		String paid() {
			return GOODS;
		}

	}

	@RestController
	static class PlainController {

		private final WebClient client;

		private ResponseEntity<byte[]> challenge = ResponseEntity.notFound().build();

		private byte[] facilitatorBody = new byte[0];

		PlainController(WebClient client) {
			this.client = client;
		}

		/**
		 * Take over the bytes that the starter sends.
		 * @param unpaid the starter's 402
		 * @param body a request to a facilitator
		 */
		void imitate(RawHttp.Message unpaid, byte[] body) {
			HttpHeaders headers = new HttpHeaders();
			unpaid.headers().forEach((name, values) -> headers.addAll(name, values.lines().toList()));
			this.challenge = new ResponseEntity<>(unpaid.body(), headers, 402);
			this.facilitatorBody = body;
		}

		@GetMapping("/free")
		String free() {
			return GOODS;
		}

		@GetMapping("/unpaid")
		ResponseEntity<byte[]> unpaid() {
			return this.challenge;
		}

		/** The two calls and nothing else: no check, no claim, the answers unread. */
		@GetMapping("/paid")
		ResponseEntity<String> paid() throws ExecutionException, InterruptedException {
			call("/verify");
			byte[] receipt = call("/settle");
			return ResponseEntity.ok()
				.header("PAYMENT-RESPONSE", Base64.getEncoder().encodeToString(receipt))
				.body(GOODS);
		}

		private byte[] call(String path) throws ExecutionException, InterruptedException {
			return this.client.post()
				.uri(path)
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(this.facilitatorBody)
				.retrieve()
				.bodyToMono(byte[].class)
				.toFuture()
				.get();
		}

	}

	private static final class InstantFacilitator implements Facilitator {

		private final AtomicLong transactions = new AtomicLong();

		private final String payer;

		InstantFacilitator(String payer) {
			this.payer = payer;
		}

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return new VerificationOutcome.Valid(this.payer);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			String number = Long.toHexString(this.transactions.incrementAndGet());
			return new SettlementOutcome.Settled(SettlementResponse.success(
					"0x" + "0".repeat(64 - number.length()) + number, request.requirements().network(), this.payer));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
