/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every style of handler of WebFlux with every behaviour of a facilitator, over real
 * connections to Reactor Netty: what is sold is on the wire if and only if it was
 * settled.
 */
class WebFluxSettlementMatrixTests {

	private static final int PARALLEL_CELLS = 6;

	@TestFactory
	Stream<DynamicTest> whenSettledThenDeliveredAndElseNothingIsShown() throws Exception {
		Run run = new Run();
		Map<HandlerStyle, List<Future<?>>> cells = new LinkedHashMap<>();
		WebFluxStyles.all().forEach((style) -> {
			for (SettleBehaviour behaviour : SettleBehaviour.values()) {
				cells.computeIfAbsent(style, (key) -> new ArrayList<>()).add(run.submit(style, behaviour));
			}
		});
		return cells.entrySet()
			.stream()
			.map((entry) -> DynamicTest.dynamicTest(entry.getKey().toString(), () -> join(entry.getValue())))
			.onClose(run::close);
	}

	private static void join(List<Future<?>> cells) throws Exception {
		List<String> problems = new ArrayList<>();
		for (Future<?> cell : cells) {
			try {
				cell.get();
			}
			catch (ExecutionException ex) {
				problems.add(ex.getCause().toString());
			}
		}
		assertThat(problems).isEmpty();
	}

	/**
	 * A shop and everything that is bought in it.
	 */
	private static final class Run {

		private final WebFluxShop shop = WebFluxShop.open(WebFluxStyles.class, "x402.facilitator.settle-timeout=6s",
				"x402.routes[0].path=/functional/**", "x402.routes[0].price=$0.01");

		private final PaymentRequirements offer;

		private final ExecutorService buyers = Executors.newFixedThreadPool(PARALLEL_CELLS);

		private final ExecutorService patientBuyers = Executors.newCachedThreadPool();

		Run() throws Exception {
			this.offer = this.shop.offer("/pojo");
		}

		Future<?> submit(HandlerStyle style, SettleBehaviour behaviour) {
			boolean patient = behaviour == SettleBehaviour.TIMEOUT && style.billable();
			return (patient ? this.patientBuyers : this.buyers).submit(() -> {
				buy(style, behaviour);
				return null;
			});
		}

		private void buy(HandlerStyle style, SettleBehaviour behaviour) throws Exception {
			Payment payment = this.shop.buyer().sign(this.offer);
			AtomicReference<String> early = new AtomicReference<>("");
			try (WireExchange exchange = new WireExchange(this.shop.port())) {
				Script script = this.shop.script(payment, behaviour).atSettle(() -> {
					if (exchange.hasReceived()) {
						early.set("bytes sent");
					}
				});
				List<String> lines = new ArrayList<>(style.headerLines());
				lines.add(payment.headerLine());
				WireResponse response = exchange.send(style.method(), style.target(), lines.toArray(String[]::new))
					.receive();
				String cell = style + " " + behaviour;
				assertThat(early.get()).as("%s: before settlement", cell).isEmpty();
				verify(cell, style, behaviour, payment, script, response);
			}
		}

		private void verify(String cell, HandlerStyle style, SettleBehaviour behaviour, Payment payment, Script script,
				WireResponse response) {
			boolean delivered = style.billable() && behaviour == SettleBehaviour.SETTLED;
			assertThat(script.verifications()).as("%s: verify calls", cell).isOne();
			assertThat(script.settlements()).as("%s: settle calls (%s)", cell, response)
				.isEqualTo(style.billable() ? 1 : 0);
			boolean showable = style.body() || !style.headerLines().isEmpty();
			assertThat(response.shows(WebFluxStyles.SECRET)).as("%s: secret on the wire %s", cell, response)
				.isEqualTo(delivered && (showable || response.shows("goods")));
			assertThat(response.headers("X-Content-Type-Options")).as("%s: security headers", cell)
				.containsExactly("nosniff");
			if (!style.billable()) {
				assertThat(response.status()).as(cell).isEqualTo(style.status());
				assertThat(response.header("PAYMENT-RESPONSE")).as("%s: receipt", cell).isEmpty();
				assertThat(this.shop.isReleased(payment)).as("%s: claim released", cell).isTrue();
				return;
			}
			Claim claim = this.shop.claim(payment);
			assertThat(claim.state()).as("%s: claim", cell).isEqualTo(behaviour.claim());
			switch (claim.state()) {
				case SETTLED -> verifySettled(cell, style, payment, response);
				case DECLINED -> verifyRefusal(cell, style, response, 402, "insufficient_funds", false);
				default -> verifyRefusal(cell, style, response, 503, "settlement_pending", true);
			}
		}

		private void verifySettled(String cell, HandlerStyle style, Payment payment, WireResponse response) {
			assertThat(response.status()).as(cell).isEqualTo(style.status());
			SettlementResponse receipt = this.shop.buyer().receipt(response.header("PAYMENT-RESPONSE"));
			assertThat(receipt.transaction()).as(cell).isEqualTo(payment.transaction());
			assertThat(response.header("Cache-Control")).as(cell).contains("private");
			assertThat(String.join(",", response.headers("Vary"))).as(cell).contains("PAYMENT-SIGNATURE", "X-PAYMENT");
			if (style.target().startsWith("/large")) {
				assertThat(response.body().length).as(cell).isGreaterThanOrEqualTo(WebFluxStyles.LARGE);
			}
			if (style.body()) {
				assertThat(response.bodyText()).as("%s: body", cell).contains(WebFluxStyles.SECRET);
			}
			else {
				assertThat(response.body()).as("%s: body", cell).isEmpty();
			}
		}

		private static void verifyRefusal(String cell, HandlerStyle style, WireResponse response, int status,
				String code, boolean retryable) {
			assertThat(response.status()).as(cell).isEqualTo(status);
			assertThat(response.header("Cache-Control")).as(cell).isEqualTo("no-store");
			assertThat(response.headers("PAYMENT-REQUIRED")).as("%s: challenge", cell).isEmpty();
			assertThat(response.headers("PAYMENT-RESPONSE")).as("%s: receipt", cell).hasSize(retryable ? 0 : 1);
			for (String name : List.of("ETag", "Location", "Content-Disposition", "X-Goods", "Set-Cookie")) {
				assertThat(response.headers(name)).as("%s: %s", cell, name).isEmpty();
			}
			if (!style.method().equals("HEAD")) {
				assertThat(response.json().path("code").asString()).as(cell).isEqualTo(code);
				assertThat(response.json().path("retryable").asBoolean()).as(cell).isEqualTo(retryable);
			}
		}

		private void close() {
			this.buyers.shutdownNow();
			this.patientBuyers.shutdownNow();
			this.shop.close();
		}

	}

}
