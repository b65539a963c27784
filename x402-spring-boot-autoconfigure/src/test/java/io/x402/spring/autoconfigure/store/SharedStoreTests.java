/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.Servers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances of an application that share a store, over HTTP.
 */
@Tag("long")
class SharedStoreTests {

	private static final TypeReference<Map<String, Object>> JSON_OBJECT = new TypeReference<>() {
	};

	private static final int THREADS = 32;

	private final HttpClient http = HttpClient.newHttpClient();

	private final PaymentCodec codec = new PaymentCodec();

	private final JsonMapper json = new JsonMapper();

	private final Eip3009Signer signer = new Eip3009Signer("11".repeat(32));

	private final Bank bank = new Bank();

	private final Shelf shelf = new Shelf();

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	private final ExecutorService background = Executors.newSingleThreadExecutor();

	@AfterEach
	void stop() {
		this.background.shutdownNow();
		this.instances.forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void whenOnePaymentIsSentManyTimesToTwoInstancesThenOneRunAndOneSettlement(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		List<Integer> ports = List.of(start(properties), start(properties));
		String payment = payment(ports.get(0));
		List<HttpResponse<String>> answers = atOnce(THREADS * 2, (index) -> get(ports.get(index % 2), payment));
		assertThat(answers).filteredOn((answer) -> answer.statusCode() == 200).isNotEmpty().allSatisfy((answer) -> {
			assertThat(answer.body()).isEqualTo("the goods");
			assertThat(answer.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		});
		assertThat(answers).filteredOn((answer) -> answer.statusCode() != 200).allSatisfy((answer) -> {
			assertThat(answer.statusCode()).isEqualTo(409);
			assertThat(answer.body()).doesNotContain("the goods");
		});
		assertThat(this.shelf.runs).hasValue(1);
		assertThat(this.bank.verified).hasValue(1);
		assertThat(this.bank.settled).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
	void whenStoreStopsUnderLoadThenRefusesUntilItIsBack(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		List<Integer> ports = List.of(start(properties), start(properties));
		List<String> payments = new ArrayList<>();
		for (int i = 0; i < 24; i++) {
			payments.add(payment(ports.get(i % 2)));
		}
		assertThat(atOnce(8, (index) -> get(ports.get(index % 2), payments.get(index))))
			.allSatisfy((answer) -> assertThat(answer.statusCode()).isEqualTo(200));
		int verified = this.bank.verified.get();
		Servers.freeze(store.server());
		try {
			assertThat(atOnce(8, (index) -> get(ports.get(index % 2), payments.get(8 + index))))
				.allSatisfy((answer) -> {
					assertThat(answer.statusCode()).isEqualTo(503);
					assertThat(answer.body()).contains("payment_store_unavailable");
				});
		}
		finally {
			Servers.resume(store.server());
		}
		assertThat(this.shelf.runs).hasValue(8);
		assertThat(this.bank.verified).hasValue(verified);
		assertThat(this.bank.settled).hasValue(8);
		assertThat(atOnce(8, (index) -> get(ports.get(index % 2), payments.get(16 + index))))
			.allSatisfy((answer) -> assertThat(answer.statusCode()).isEqualTo(200));
		assertThat(this.shelf.runs).hasValue(16);
		assertThat(this.bank.settled).hasValue(16);
	}

	@ParameterizedTest
	@EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
	void whenStoreStopsBetweenVerificationAndSettlementThenNothingIsSettledOrReleased(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		int port = start(properties);
		String payment = payment(port);
		this.shelf.onRun = () -> Servers.freeze(store.server());
		HttpResponse<String> answer;
		try {
			answer = get(port, payment);
		}
		finally {
			this.shelf.onRun = () -> {
			};
			Servers.resume(store.server());
		}
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.body()).doesNotContain("the goods");
		assertThat(this.bank.settled).hasValue(0);
		collect(port, payment);
		assertThat(this.bank.settled).hasValue(1);
		assertThat(this.shelf.runs).hasValue(2);
	}

	@ParameterizedTest
	@EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
	void whenStoreStopsAndResumesMidLoadThenEveryPaymentEndsWithGoodsAndOneSettlement(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		List<Integer> ports = List.of(start(properties), start(properties));
		List<String> payments = new ArrayList<>();
		for (int i = 0; i < 48; i++) {
			payments.add(payment(ports.get(i % 2)));
		}
		CountDownLatch underWay = new CountDownLatch(8);
		this.shelf.onRun = underWay::countDown;
		Future<List<HttpResponse<String>>> load = this.background.submit(
				() -> atOnce(16, (index) -> payAll(ports.get(index % 2), payments.subList(index * 3, index * 3 + 3))));
		assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();
		Servers.freeze(store.server());
		try {
			HttpResponse<String> refused = get(ports.get(0), payments.get(payments.size() - 1));
			assertThat(refused.statusCode()).isEqualTo(503);
		}
		finally {
			Servers.resume(store.server());
		}
		assertThat(load.get(180, TimeUnit.SECONDS)).allSatisfy((answer) -> {
			assertThat(answer.statusCode()).isIn(200, 409, 503);
			assertThat(answer.body().equals("the goods")).isEqualTo(answer.statusCode() == 200);
		});
		for (String payment : payments) {
			collect(ports.get(0), payment);
		}
		assertThat(this.bank.moved).hasSize(payments.size());
	}

	@Test
	void whenPoolIsSmallAndSettlementSlowThenNoConnectionIsWaitedFor() throws Exception {
		this.bank.settlementTime = Duration.ofSeconds(5);
		Map<String, String> properties = Store.H2.properties();
		properties.put("server.tomcat.threads.max", "250");
		properties.put("server.jetty.threads.max", "250");
		int port = start(properties);
		List<String> payments = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			payments.add(payment(port));
		}
		assertThat(atOnce(200, (index) -> get(port, payments.get(index)))).allSatisfy((answer) -> {
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("the goods");
		});
		assertThat(this.shelf.runs).hasValue(200);
		assertThat(this.bank.settled).hasValue(200);
	}

	private HttpResponse<String> payAll(int port, List<String> payments) throws Exception {
		HttpResponse<String> answer = null;
		for (String payment : payments) {
			answer = get(port, payment);
		}
		return Objects.requireNonNull(answer);
	}

	/**
	 * Send the same payment until there are goods.
	 */
	private void collect(int port, String payment) {
		await().atMost(Duration.ofMinutes(2)).until(() -> {
			HttpResponse<String> answer = get(port, payment);
			assertThat(answer.statusCode()).as(answer.body()).isIn(200, 409, 503);
			assertThat(answer.body().equals("the goods")).isEqualTo(answer.statusCode() == 200);
			return answer.statusCode() == 200;
		});
	}

	private int start(Map<String, String> properties) {
		ApplicationContextInitializer<ConfigurableApplicationContext> initializer = (context) -> {
			context.getBeanFactory().registerSingleton("bank", this.bank);
			context.getBeanFactory().registerSingleton("shelf", this.shelf);
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.copyOf(properties)));
		};
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(Shop.class).initializers(initializer)
			.run();
		this.instances.add(instance);
		return Integer.parseInt(instance.getEnvironment().getRequiredProperty("local.server.port"));
	}

	private String payment(int port) throws Exception {
		HttpResponse<String> unpaid = get(port, null);
		assertThat(unpaid.statusCode()).isEqualTo(402);
		PaymentRequiredDocument document = this.codec
			.decode(unpaid.headers().firstValue("PAYMENT-REQUIRED").orElseThrow(), PaymentRequiredDocument.class);
		PaymentRequirements offer = document.accepts().get(0);
		return this.codec.encode(new PaymentPayload.V2(ProtocolVersion.V2.number(), null,
				this.json.convertValue(offer, JSON_OBJECT), this.signer.sign(offer, Instant.now()).toMap(), null));
	}

	private HttpResponse<String> get(int port, @Nullable String payment) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/goods"))
			.timeout(Duration.ofSeconds(150));
		if (payment != null) {
			request.header("PAYMENT-SIGNATURE", payment);
		}
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	private static <T> List<T> atOnce(int threads, Task<T> task) throws Exception {
		CountDownLatch start = new CountDownLatch(1);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<T>> futures = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				int index = i;
				Callable<T> callable = () -> {
					start.await();
					return task.run(index);
				};
				futures.add(executor.submit(callable));
			}
			start.countDown();
			List<T> results = new ArrayList<>();
			for (Future<T> future : futures) {
				results.add(future.get(180, TimeUnit.SECONDS));
			}
			return results;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private interface Task<T> {

		T run(int index) throws Exception;

	}

	enum Store {

		H2 {
			@Override
			Map<String, String> connection() {
				return Map.of("spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
						"spring.datasource.hikari.connection-timeout", "30000", "x402.store.type", "jdbc");
			}

			@Override
			GenericContainer<?> server() {
				throw new UnsupportedOperationException();
			}
		},

		POSTGRESQL {
			@Override
			Map<String, String> connection() {
				PostgreSQLContainer server = Servers.postgresql();
				return Map.of("spring.datasource.url", server.getJdbcUrl(), "spring.datasource.username",
						server.getUsername(), "spring.datasource.password", server.getPassword(),
						"spring.datasource.hikari.connection-timeout", "8000", "x402.store.jdbc.initialize-schema",
						"always", "x402.store.jdbc.timeout", "4s", "x402.store.type", "jdbc");
			}

			@Override
			GenericContainer<?> server() {
				return Servers.postgresql();
			}
		},

		REDIS {
			@Override
			Map<String, String> connection() {
				GenericContainer<?> server = Servers.redis();
				return Map.of("spring.data.redis.host", server.getHost(), "spring.data.redis.port",
						String.valueOf(server.getMappedPort(6379)), "spring.data.redis.timeout", "2s",
						"x402.store.type", "redis");
			}

			@Override
			GenericContainer<?> server() {
				return Servers.redis();
			}
		};

		abstract Map<String, String> connection();

		abstract GenericContainer<?> server();

		Map<String, String> properties() {
			Map<String, String> properties = new HashMap<>(connection());
			properties.put("server.port", "0");
			properties.put("spring.datasource.hikari.maximum-pool-size", "2");
			properties.put("x402.max-timeout", "10m");
			properties.put("x402.store.lease", "5s");
			properties.put("x402.settlement.max-repeat-wait", "200ms");
			properties.put("x402.pay-to", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C");
			properties.put("logging.level.root", "warn");
			return properties;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Goods.class)
	static class Shop {

		@Bean
		SecurityFilterChain openDoors(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

	}

	@RestController
	static class Goods {

		private final Shelf shelf;

		Goods(Shelf shelf) {
			this.shelf = shelf;
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.05")
		String goods() {
			this.shelf.runs.incrementAndGet();
			this.shelf.onRun.run();
			return "the goods";
		}

	}

	static final class Shelf {

		private final AtomicInteger runs = new AtomicInteger();

		private volatile Runnable onRun = () -> {
		};

	}

	static final class Bank implements Facilitator {

		private final AtomicInteger verified = new AtomicInteger();

		private final AtomicInteger settled = new AtomicInteger();

		private final Map<String, String> moved = new ConcurrentHashMap<>();

		private volatile Duration settlementTime = Duration.ofMillis(50);

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			this.verified.incrementAndGet();
			return new VerificationOutcome.Valid(null);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			this.settled.incrementAndGet();
			try {
				Thread.sleep(this.settlementTime.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			EvmPayload payload = EvmPayload.from(request.payload().payload());
			String transaction = this.moved.computeIfAbsent(payload.nonce(),
					(nonce) -> "0x" + UUID.randomUUID().toString().replace("-", "").repeat(2));
			return new SettlementOutcome.Settled(
					SettlementResponse.success(transaction, request.requirements().network(), payload.from()));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
