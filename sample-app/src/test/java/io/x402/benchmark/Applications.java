/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
final class Applications {

	/** What the starter asks of the client of its facilitator. */
	private static final HttpClientSettings LIKE_OURS = HttpClientSettings.defaults()
		.withRedirects(HttpRedirects.DONT_FOLLOW)
		.withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(90));

	private static final String GOODS = "{\"city\":\"Hamburg\",\"celsius\":7}";

	/** Drivers are on the class path of the sample, servers are not there. */
	private static final String UNUSED = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
			+ "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration";

	private Applications() {
	}

	/**
	 * Start the application whose simple name is the first argument, with the properties
	 * of the others.
	 */
	public static void main(String[] args) throws IOException, ClassNotFoundException {
		Class<?> type = Class.forName(Applications.class.getName() + "$" + args[0]);
		Map<String, String> properties = new HashMap<>();
		if (type == WithoutStarter.class) {
			properties.putAll(withoutStarter());
		}
		for (String property : List.of(args).subList(1, args.length)) {
			String[] parts = property.split("=", 2);
			properties.put(parts[0], parts[1]);
		}
		ServerProcess.serve(port(start(type, properties)));
	}

	/**
	 * Start an application.
	 * @param type its configuration
	 * @param properties its properties
	 * @return its context
	 */
	static ConfigurableApplicationContext start(Class<?> type, Map<String, String> properties) {
		Map<String, Object> all = new HashMap<>(Map.of("server.port", "0", "server.address", "127.0.0.1",
				"server.tomcat.max-keep-alive-requests", "-1", "spring.main.banner-mode", "off", "logging.level.root",
				"warn", "x402.pay-to", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.network", "base-sepolia",
				"x402.base-url", "https://shop.example.com", "x402.facilitator.supported.check", "false"));
		all.put("spring.config.name", "none-of-the-sample");
		all.put("spring.autoconfigure.exclude", UNUSED);
		all.putAll(properties);
		String[] args = all.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		return new SpringApplication(type).run(args);
	}

	/**
	 * Return the property that leaves the starter out.
	 */
	static Map<String, String> withoutStarter() {
		return Map.of("spring.autoconfigure.exclude", UNUSED + ","
				+ StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
					.filter((name) -> name.startsWith("io.x402."))
					.collect(Collectors.joining(",")));
	}

	static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
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
		PlainController plainController(WebClient.Builder builder, Environment environment) throws IOException {
			String facilitator = environment.getRequiredProperty("benchmark.facilitator");
			WebClient client = builder
				.clientConnector(ClientHttpConnectorBuilder.jdk()
					.withHttpClientCustomizer((jdk) -> jdk.version(HttpClient.Version.HTTP_1_1).executor(Runnable::run))
					.build(LIKE_OURS))
				.baseUrl(facilitator)
				.build();
			Path body = Path.of(environment.getRequiredProperty("benchmark.body"));
			Path challenge = Path.of(environment.getRequiredProperty("benchmark.challenge"));
			return new PlainController(client, URI.create(facilitator), Files.readAllBytes(body),
					new RawHttp(new ByteArrayInputStream(Files.readAllBytes(challenge))).read());
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

		/** As long as a response that is held whole by default. */
		@GetMapping("/large")
		@PaymentRequired(price = "$0.001")
		byte[] large() {
			return new byte[64 * 1024];
		}

	}

	@RestController
	static class PlainController {

		private final HttpClient bare = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.executor(Runnable::run)
			.build();

		private final WebClient client;

		private final URI facilitator;

		private final byte[] facilitatorBody;

		private final ResponseEntity<byte[]> challenge;

		PlainController(WebClient client, URI facilitator, byte[] facilitatorBody, RawHttp.Message unpaid) {
			this.client = client;
			this.facilitator = facilitator;
			this.facilitatorBody = facilitatorBody;
			HttpHeaders headers = new HttpHeaders();
			unpaid.headers().forEach((name, values) -> headers.addAll(name, values.lines().toList()));
			this.challenge = new ResponseEntity<>(unpaid.body(), headers, 402);
		}

		@GetMapping("/free")
		String free() {
			return GOODS;
		}

		@GetMapping("/unpaid")
		ResponseEntity<byte[]> unpaid() {
			return this.challenge;
		}

		/** The two calls and nothing else: no check, no claim, the responses unread. */
		@GetMapping("/web-client")
		ResponseEntity<String> webClient() throws ExecutionException, InterruptedException {
			call("/verify");
			return delivered(call("/settle"));
		}

		@GetMapping("/jdk")
		ResponseEntity<String> jdk() throws IOException, InterruptedException {
			callBare("/verify");
			return delivered(callBare("/settle"));
		}

		private static ResponseEntity<String> delivered(byte[] receipt) {
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

		private byte[] callBare(String path) throws IOException, InterruptedException {
			HttpRequest request = HttpRequest.newBuilder(this.facilitator.resolve(path))
				.header("Content-Type", MediaType.APPLICATION_JSON_VALUE)
				.POST(HttpRequest.BodyPublishers.ofByteArray(this.facilitatorBody))
				.build();
			return this.bare.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
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
