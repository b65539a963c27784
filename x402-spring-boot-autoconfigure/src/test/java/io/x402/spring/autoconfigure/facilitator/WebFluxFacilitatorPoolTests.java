/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections of Reactor Netty to a facilitator, which are fewer than calls.
 */
@Timeout(60)
class WebFluxFacilitatorPoolTests {

	private final Semaphore arrived = new Semaphore(0);

	private final CompletableFuture<Void> released = new CompletableFuture<>();

	private final DisposableServer server = HttpServer.create()
		.host("127.0.0.1")
		.handle((request, response) -> request.receive().aggregate().then(Mono.defer(() -> {
			this.arrived.release();
			return Mono.fromFuture(this.released, true);
		})).then(response.status(503).send()))
		.bindNow();

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final ApplicationContextRunner runner = Startup.engine()
		.withConfiguration(
				AutoConfigurations.of(WebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class))
		.withPropertyValues("x402.facilitator.url=http://127.0.0.1:" + this.server.port(),
				"x402.facilitator.retry.max-retries=0");

	@AfterEach
	void close() {
		this.released.complete(null);
		this.callers.shutdownNow();
		this.server.disposeNow(Duration.ofSeconds(30));
	}

	@Test
	void whenTheClientHasNoConnectionToSpareThenNothingIsSentAndTheFacilitatorIsNotDown() {
		this.runner.withUserConfiguration(OneConnection.class)
			.withPropertyValues("x402.facilitator.circuit-breaker.failure-threshold=1")
			.run((context) -> {
				MonitoredFacilitator facilitator = context.getBean(MonitoredFacilitator.class);
				Future<?> first = settle(facilitator, 0);
				awaitCalls(1);
				assertThat(facilitator.settle(payment(1))).isInstanceOf(NotExecuted.class);
				assertThat(facilitator.verify(payment(2))).isInstanceOf(Unavailable.class);
				assertThat(facilitator.conditions()).allMatch(FacilitatorCondition::usable)
					.allMatch((condition) -> condition.problem().isEmpty());
				assertThat(facilitator.unavailable(payment(3))).isEmpty();
				assertThat(this.arrived.availablePermits()).as("further calls").isZero();
				this.released.complete(null);
				first.get();
			});
	}

	@Test
	void whenReactorNettyIsChosenThenItOpensAsManyConnectionsAsCallsMayBeUnderWay() {
		int calls = 501;
		this.runner
			.withPropertyValues("x402.facilitator.connector=reactor",
					"x402.facilitator.limits.max-concurrent-settlements=" + calls)
			.run((context) -> {
				MonitoredFacilitator facilitator = context.getBean(MonitoredFacilitator.class);
				List<Future<?>> settlements = new ArrayList<>();
				for (int i = 0; i < calls; i++) {
					settlements.add(settle(facilitator, i));
				}
				awaitCalls(calls);
				this.released.complete(null);
				for (Future<?> settlement : settlements) {
					settlement.get();
				}
			});
	}

	private Future<?> settle(MonitoredFacilitator facilitator, int number) {
		return this.callers.submit(() -> facilitator.settle(payment(number)));
	}

	private static FacilitatorRequest payment(int number) {
		Map<String, Object> authorization = new HashMap<>(FacilitatorRequests.authorization());
		authorization.put("nonce", "0x%064x".formatted(number));
		return new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("authorization", authorization)),
				FacilitatorRequests.offer(Map.of("name", "USDC")), FacilitatorRequests.RESOURCE);
	}

	private void awaitCalls(int count) throws InterruptedException {
		assertThat(this.arrived.tryAcquire(count, 30, TimeUnit.SECONDS))
			.as("calls under way: %s", this.arrived.availablePermits())
			.isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	static class OneConnection {

		@Bean
		ReactorClientHttpConnectorBuilder connectorBuilder() {
			ConnectionProvider pool = ConnectionProvider.builder("one")
				.maxConnections(1)
				.pendingAcquireMaxCount(0)
				.build();
			return ClientHttpConnectorBuilder.reactor().withHttpClientFactory(() -> HttpClient.create(pool));
		}

	}

}
