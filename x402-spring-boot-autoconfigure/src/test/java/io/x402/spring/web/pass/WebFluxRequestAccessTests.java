/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.access.Passes;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.store.InMemoryPassStore;
import io.x402.spring.store.InMemoryQuotaStore;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.time.MonotonicClock;
import io.x402.spring.web.edge.Container;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request takes one access of each price, whatever handlers it is handed to, and gives
 * back all of them or none on WebFlux.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { Container.NETTY,
		Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.free-quota.key=header:X-Client" })
class WebFluxRequestAccessTests {

	private static final int QUOTA = 9;

	private static final String WAY = "X-Way";

	private final String name = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Passes passes;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private SlowSteps slowSteps;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@Test
	void whenHandlerHandsToAnotherOneAndBackThenOneAccessOfEachIsTaken() {
		String token = this.client.buy("/report");
		HttpResponse<String> served = use(token, "/report", "/trial", "/summary", "/trial", "/report");
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(left(token)).isEqualTo(3);
		assertThat(remaining(served)).isEqualTo(QUOTA - 1);
		assertThat(PassClient.header(served, PassClient.REMAINING)).isEqualTo("3");
	}

	@Test
	void whenHandlerOfAFreeCallHandsToAPassAndBackThenOneFreeCallIsTaken() {
		String token = this.client.buy("/report");
		assertThat(remaining(use(token, "/trial", "/report", "/trial"))).isEqualTo(QUOTA - 1);
		assertThat(left(token)).isEqualTo(3);
	}

	@Test
	void whenADearerHandlerComesAfterAFreeCallThenItIsNotServed() {
		String token = PassClient.token(this.client.pay("/part", this.client.topUp("/part")));
		assertThat(use(token, "/cheap", "/trial", "/part").statusCode()).isEqualTo(503);
		await().untilAsserted(() -> assertThat(left(token)).isEqualTo(70_000));
	}

	@Test
	void whenTheLastHandlerFailsThenAllThatWasTakenIsGivenBack() {
		String token = this.client.buy("/report");
		assertThat(use(token, "/report", "/trial", "/summary", "/failure").statusCode()).isEqualTo(500);
		await().untilAsserted(() -> assertThat(left(token)).isEqualTo(4));
		assertThat(remaining(use(token, "/trial"))).isEqualTo(QUOTA - 1);
	}

	@Test
	void whenAHandlerDoesWithoutOneThatFailsThenOnlyItsOwnAccessIsTaken() {
		String token = this.client.buy("/report");
		HttpResponse<String> served = use(token, "/report", "/without", "/trial", "/failure");
		assertThat(served.body()).isEqualTo("goods");
		assertThat(left(token)).isEqualTo(3);
		await().untilAsserted(() -> assertThat(remaining(use(token, "/trial"))).isEqualTo(QUOTA - 1));
	}

	@Test
	void whenHandlersAreDispatchedAtOnceThenOneUseOfAPassIsTaken() {
		String token = this.client.buy("/report");
		this.slowSteps.await("use");
		HttpResponse<String> served = use(token, "/together", "/report", "/summary", "/report", "/summary", "/report",
				"/summary", "/report");
		assertThat(served.body()).isEqualTo("goods");
		assertThat(left(token)).isEqualTo(3);
	}

	@Test
	void whenHandlersAreDispatchedAtOnceThenOneFreeCallIsTaken() {
		String token = this.client.buy("/report");
		this.slowSteps.await("take");
		HttpResponse<String> served = use(token, "/together", "/trial", "/trial", "/trial", "/trial", "/trial",
				"/trial");
		assertThat(served.body()).isEqualTo("goods");
		assertThat(remaining(use(token, "/trial"))).isEqualTo(QUOTA - 2);
	}

	@Test
	void whenADearerHandlerIsDispatchedAtOnceThenItsPriceIsNotTaken() {
		String token = PassClient.token(this.client.pay("/part", this.client.topUp("/part")));
		this.slowSteps.await("use");
		use(token, "/together", "/cheap", "/part", "/cheap");
		await().untilAsserted(() -> assertThat(left(token)).isIn(68_000L, 70_000L));
		assertThat(left(token)).isNotEqualTo(38_000);
	}

	@Test
	void whenPaidHandlersAreDispatchedAtOnceThenOnePaymentIsForAll() {
		int before = this.facilitator.settled();
		HttpResponse<String> served = this.client.get("/together", "PAYMENT-SIGNATURE", this.client.payment("/goods"),
				WAY, "/goods,/summary,/goods");
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(served.body()).isEqualTo("goods");
		assertThat(this.facilitator.settled() - before).isEqualTo(1);
	}

	private HttpResponse<String> use(String token, String first, String... further) {
		return this.client.get(first, PassClient.TOKEN, token, "X-Client", this.name, WAY, String.join(",", further));
	}

	private long left(String token) {
		return Objects.requireNonNull(Objects.requireNonNull(this.passes.find(token.substring(0, 32))).remaining());
	}

	private static int remaining(HttpResponse<String> response) {
		return Integer.parseInt(PassClient.header(response, "RateLimit").replaceAll(".*;r=(\\d+);.*", "$1"));
	}

	/**
	 * A shop whose handlers hand their request to others.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		SlowSteps slowSteps() {
			return new SlowSteps();
		}

		@Bean
		PassStore passStore(SlowSteps steps) {
			return steps.of(PassStore.class, new InMemoryPassStore(1000, Clock.systemUTC()));
		}

		@Bean
		QuotaStore quotaStore(SlowSteps steps) {
			return steps.of(QuotaStore.class, new InMemoryQuotaStore(1000, MonotonicClock.system()));
		}

	}

	/**
	 * Steps of stores that take until another one like them has begun, so that steps
	 * which nothing keeps apart are sure to overlap.
	 */
	static final class SlowSteps {

		private final Map<String, CountDownLatch> pairs = new ConcurrentHashMap<>();

		/**
		 * Make the next steps slow.
		 * @param names names of their methods
		 */
		void await(String... names) {
			for (String name : names) {
				this.pairs.put(name, new CountDownLatch(2));
			}
		}

		<T> T of(Class<T> type, T store) {
			ProxyFactory proxy = new ProxyFactory(type, (MethodInterceptor) this::step);
			proxy.setTarget(store);
			return type.cast(proxy.getProxy());
		}

		private @Nullable Object step(MethodInvocation step) throws Throwable {
			CountDownLatch pair = this.pairs.get(step.getMethod().getName());
			if (pair != null) {
				pair.countDown();
				// One that is alone goes on after a while
				pair.await(500, TimeUnit.MILLISECONDS);
			}
			return step.proceed();
		}

	}

	@RestController
	static class Handlers {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		Handlers(ObjectProvider<DispatcherHandler> dispatcher) {
			this.dispatcher = dispatcher;
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 5, scope = "reports"))
		@GetMapping("/report")
		Mono<Void> report(ServerWebExchange exchange) {
			return next(exchange);
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 5, scope = "reports"))
		@GetMapping("/summary")
		Mono<Void> summary(ServerWebExchange exchange) {
			return next(exchange);
		}

		@PaymentRequired(price = "$0.10", freeQuota = QUOTA + " per 1d")
		@GetMapping("/trial")
		Mono<Void> trial(ServerWebExchange exchange) {
			return next(exchange);
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/cheap")
		Mono<Void> cheap(ServerWebExchange exchange) {
			return next(exchange);
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/part")
		Mono<Void> part(ServerWebExchange exchange) {
			return next(exchange);
		}

		@PaymentRequired(price = "$0.10")
		@GetMapping("/goods")
		Mono<Void> goods(ServerWebExchange exchange) {
			return next(exchange);
		}

		@GetMapping("/failure")
		Mono<Void> failure() {
			return Mono.error(new IllegalStateException("Out of order"));
		}

		@GetMapping("/without")
		Mono<Void> without(ServerWebExchange exchange) {
			return next(exchange).onErrorResume((failure) -> write(exchange));
		}

		@GetMapping("/together")
		Mono<Void> together(ServerWebExchange exchange) {
			List<String> targets = List.copyOf(way(exchange));
			way(exchange).clear();
			return Mono.when(targets.stream().map((target) -> dispatch(exchange, target)).toList());
		}

		private Mono<Void> next(ServerWebExchange exchange) {
			String next = way(exchange).poll();
			return (next == null) ? write(exchange) : dispatch(exchange, next);
		}

		private Mono<Void> dispatch(ServerWebExchange exchange, String target) {
			return this.dispatcher.getObject()
				.handle(exchange.mutate().request((request) -> request.uri(URI.create(target))).build());
		}

		private static Deque<String> way(ServerWebExchange exchange) {
			Deque<String> way = exchange.getAttribute(WAY);
			if (way == null) {
				String header = exchange.getRequest().getHeaders().getFirst(WAY);
				way = new ArrayDeque<>((header == null || header.isEmpty()) ? List.of() : List.of(header.split(",")));
				exchange.getAttributes().put(WAY, way);
			}
			return way;
		}

		private static Mono<Void> write(ServerWebExchange exchange) {
			exchange.getResponse().setStatusCode(HttpStatus.OK);
			return exchange.getResponse()
				.writeWith(Mono.fromSupplier(() -> exchange.getResponse().bufferFactory().wrap("goods".getBytes())));
		}

	}

}
