/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Whatever a handler of WebFlux does to its response, in whichever order: nothing leaves
 * before the payment is settled, and what is charged is delivered or can be collected. A
 * build runs the same sequences each time; system properties set their first seed and
 * their number.
 */
class WebFluxResponseCallsTests {

	private static final long SEED = Long.getLong("x402.properties.seed", 1);

	private static final long TRIES = Long.getLong("x402.properties.tries", 200);

	private static final String SECRET = "s3cret-goods";

	private static final Map<String, Run> RUNS = new ConcurrentHashMap<>();

	@Test
	void whateverIsCalledWhatIsChargedIsDelivered() throws IOException {
		try (Edge edge = new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, "x402.settlement.hold-limit=2KB",
				"x402.redelivery.body-limit=4KB"))) {
			RUNS.put("offer", new Run(List.of()));
			PaymentRequirements offer = Buyer.offer(edge.send("GET", "/calls", "X-Run: offer"));
			for (long seed = SEED; seed < SEED + TRIES; seed++) {
				check(edge, offer, seed);
			}
		}
	}

	private static void check(Edge edge, PaymentRequirements offer, long seed) {
		Random random = new Random(seed);
		String name = "run-" + seed;
		Run run = new Run(calls(random));
		RUNS.put(name, run);
		String method = random.nextBoolean() ? "GET" : "POST";
		SettleBehaviour settle = (random.nextInt(6) > 0) ? SettleBehaviour.SETTLED : SettleBehaviour.DECLINED;
		try {
			new PaidRun(edge, offer, method, name, settle).check(() -> run.ended, false);
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("Sequence of seed " + seed + ": " + method + " " + run.calls + " " + settle, ex);
		}
		RUNS.remove(name);
	}

	private static List<Call> calls(Random random) {
		List<Call> calls = new ArrayList<>();
		int count = random.nextInt(6);
		for (int i = 0; i < count; i++) {
			Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
			// What ends a sequence is rarer than the rest
			boolean last = kind.ordinal() >= Kind.FAIL.ordinal() && random.nextBoolean();
			calls.add(new Call(last ? Kind.WRITE : kind, random.nextInt(4)));
		}
		return calls;
	}

	/**
	 * What a handler does to its response.
	 */
	enum Kind {

		STATUS, LENGTH, HEADER, WRITE, SLOW_WRITE, BREAKING_WRITE, FLUSH, BREAKING_FLUSH, PAUSE, COMPLETE,
		COMMIT_ACTION, FAIL, FAIL_LIKE_A_LOST_CONNECTION, FAIL_AT_COMMIT

	}

	/**
	 * One call of a response.
	 */
	record Call(Kind kind, int argument) {

		private static final int[] STATUS = { 201, 204, 302, 404 };

		private static final int[] LENGTH = { 5, 1500, 3000, 5000 };

		private static final int[] PARTS = { 1, 2, 4, 9 };

		Mono<Void> apply(ServerHttpResponse response) {
			return switch (this.kind) {
				case STATUS ->
					Mono.fromRunnable(() -> response.setStatusCode(HttpStatusCode.valueOf(STATUS[this.argument])));
				case LENGTH -> Mono.fromRunnable(() -> {
					if (!response.isCommitted()) {
						response.getHeaders().setContentLength(LENGTH[this.argument]);
					}
				});
				case HEADER -> Mono.fromRunnable(() -> {
					if (!response.isCommitted()) {
						response.getHeaders().set("X-Goods", SECRET);
					}
				});
				case WRITE -> response.writeWith(goods());
				case SLOW_WRITE -> response.writeWith(goods().delayElements(Duration.ofMillis(1)));
				case BREAKING_WRITE -> response.writeWith(goods().concatWith(failure()));
				case FLUSH -> response.writeAndFlushWith(goods().map(Mono::just));
				case BREAKING_FLUSH ->
					response.writeAndFlushWith(goods().<Mono<DataBuffer>>map(Mono::just).concatWith(failure()));
				case PAUSE -> Mono.delay(Duration.ofMillis(2)).then();
				case COMPLETE -> response.setComplete();
				case COMMIT_ACTION -> Mono.fromRunnable(() -> response
					.beforeCommit(() -> Mono.fromRunnable(() -> response.getHeaders().set("X-Late", "1"))));
				case FAIL -> failure();
				case FAIL_LIKE_A_LOST_CONNECTION -> Mono.error(new EOFException("no goods"));
				case FAIL_AT_COMMIT -> Mono.fromRunnable(() -> response.beforeCommit(Call::failure));
			};
		}

		private static <T> Mono<T> failure() {
			return Mono.error(new IllegalStateException("no goods"));
		}

		private Flux<DataBuffer> goods() {
			return Flux.range(0, PARTS[this.argument])
				.map((i) -> DefaultDataBufferFactory.sharedInstance
					.wrap((SECRET + "-").repeat(50).getBytes(StandardCharsets.US_ASCII)));
		}

	}

	/**
	 * The handler of one request, which serves a repetition plainly.
	 */
	static final class Run {

		private final List<Call> calls;

		private final AtomicInteger times = new AtomicInteger();

		private volatile boolean ended;

		Run(List<Call> calls) {
			this.calls = calls;
		}

		Mono<Void> handle(ServerHttpResponse response) {
			if (this.times.incrementAndGet() > 1) {
				return response.writeWith(Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance
					.wrap("again".getBytes(StandardCharsets.US_ASCII))));
			}
			return Flux.fromIterable(this.calls)
				.concatMap((call) -> call.apply(response))
				.then()
				.doOnSuccess((end) -> this.ended = true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@RequestMapping("/calls")
		Mono<Void> calls(@RequestHeader("X-Run") String name, ServerHttpResponse response) {
			return RUNS.get(name).handle(response);
		}

	}

}
