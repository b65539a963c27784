/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

/**
 * Every style of handler with every behaviour of a facilitator, on each container, over
 * real connections: what is sold is on the wire if and only if it was settled.
 */
class SettlementMatrixTests {

	private static final int PARALLEL_CELLS = 6;

	private static final String[] PROPERTIES = { "x402.facilitator.settle-timeout=6s",
			"x402.routes[0].path=/functional/**", "x402.routes[0].price=$0.01" };

	@TestFactory
	Stream<DynamicContainer> whenSettledThenDeliveredAndElseNothingIsShown() {
		return ServerSetup.all()
			.stream()
			.map((setup) -> DynamicContainer.dynamicContainer(setup.toString(), tests(setup)));
	}

	/**
	 * All cells run at once, as far as this machine can; each test waits for its own.
	 */
	private static Stream<DynamicTest> tests(ServerSetup setup) {
		Run run = new Run(setup);
		Map<HandlerStyle, List<Future<Void>>> cells = new LinkedHashMap<>();
		for (HandlerStyle style : HandlerStyle.all()) {
			for (SettleBehaviour behaviour : SettleBehaviour.values()) {
				cells.computeIfAbsent(style, (key) -> new ArrayList<>()).add(run.submit(style, behaviour));
			}
		}
		return cells.entrySet()
			.stream()
			.map((entry) -> DynamicTest.dynamicTest(entry.getKey().toString(), () -> join(entry.getValue())))
			.onClose(run::close);
	}

	private static void join(List<Future<Void>> cells) throws Exception {
		List<String> problems = new ArrayList<>();
		for (Future<Void> cell : cells) {
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
	 * One shop and everything that is bought in it.
	 */
	private static final class Run {

		private final ServerSetup setup;

		private final Shop shop;

		private final PaymentRequirements offer;

		private final ExecutorService buyers = Executors.newFixedThreadPool(PARALLEL_CELLS);

		private final ExecutorService patientBuyers = Executors.newCachedThreadPool();

		Run(ServerSetup setup) {
			this.setup = setup;
			List<String> properties = new ArrayList<>(List.of(PROPERTIES));
			properties.add(setup.property());
			this.shop = Shop.open(setup.container(), HandlerStylesConfiguration.class,
					properties.toArray(String[]::new));
			try {
				this.offer = this.shop.offer("/pojo");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		Future<Void> submit(HandlerStyle style, SettleBehaviour behaviour) {
			Callable<Void> cell = () -> {
				buy(style, behaviour);
				return null;
			};
			boolean patient = behaviour == SettleBehaviour.TIMEOUT && style.billable();
			return (patient ? this.patientBuyers : this.buyers).submit(cell);
		}

		private void buy(HandlerStyle style, SettleBehaviour behaviour) throws Exception {
			Payment payment = this.shop.buyer().sign(this.offer);
			AtomicReference<String> early = new AtomicReference<>("");
			try (WireExchange exchange = new WireExchange(this.shop.port())) {
				Script script = this.shop.script(payment, behaviour).atSettle(() -> {
					if (this.shop.bean(ContainerProbe.class).isCommitted(payment.transaction())) {
						early.set("committed");
					}
					if (exchange.hasReceived()) {
						early.set("bytes sent");
					}
				});
				List<String> lines = new ArrayList<>(style.headerLines());
				lines.add(payment.headerLine());
				lines.add("X-Probe: " + payment.transaction());
				WireResponse response = exchange.send(style.method(), style.target(), lines.toArray(String[]::new))
					.receive();
				String cell = style + " " + behaviour;
				assertThat(this.shop.bean(ContainerProbe.class).isServedBy(payment.transaction(), this.setup))
					.as("%s: served by %s", cell, this.setup)
					.isTrue();
				assertSoftly((softly) -> softly.assertThat(early.get()).as(cell + ": before settlement").isEmpty());
				verify(cell, style, behaviour, payment, script, response);
			}
		}

		private void verify(String cell, HandlerStyle style, SettleBehaviour behaviour, Payment payment, Script script,
				WireResponse response) throws InterruptedException {
			boolean delivered = style.billable() && behaviour == SettleBehaviour.SETTLED;
			assertThat(response.shows(HandlerStylesConfiguration.SECRET)).as("%s: secret on the wire", cell)
				.isEqualTo(delivered);
			assertThat(script.verifications()).as("%s: verify calls", cell).isOne();
			assertThat(script.settlements()).as("%s: settle calls", cell).isEqualTo(style.billable() ? 1 : 0);
			assertThat(response.headers("X-Content-Type-Options")).as("%s: security headers", cell)
				.containsExactly("nosniff");
			assertThat(response.headers("Date")).as("%s: dates", cell).hasSize(1);
			if (!style.billable()) {
				verifyUncharged(cell, style, payment, response);
				return;
			}
			Claim claim = this.shop.claim(payment);
			assertThat(claim).as("%s: claim", cell).isNotNull();
			assertThat(claim.state()).as("%s: claim", cell).isEqualTo(behaviour.claim());
			switch (claim.state()) {
				case SETTLED -> verifySettled(cell, style, payment, response);
				case DECLINED -> verifyDeclined(cell, style, response);
				default -> verifyUnknown(cell, style, response);
			}
		}

		private void verifyUncharged(String cell, HandlerStyle style, Payment payment, WireResponse response)
				throws InterruptedException {
			assertThat(response.status()).as(cell).isEqualTo(style.status());
			assertThat(response.header("PAYMENT-RESPONSE")).as("%s: receipt", cell).isEmpty();
			assertThat(this.shop.isReleased(payment)).as("%s: claim released", cell).isTrue();
		}

		private void verifySettled(String cell, HandlerStyle style, Payment payment, WireResponse response) {
			assertThat(response.status()).as(cell).isEqualTo(style.status());
			SettlementResponse receipt = this.shop.buyer().receipt(response.header("PAYMENT-RESPONSE"));
			assertThat(receipt.success()).as(cell).isTrue();
			assertThat(receipt.transaction()).as(cell).isEqualTo(payment.transaction());
			assertThat(response.header("Cache-Control")).as(cell).contains("private");
			assertThat(String.join(",", response.headers("Vary"))).as(cell).contains("PAYMENT-SIGNATURE", "X-PAYMENT");
			if (style.target().endsWith("-large")) {
				assertThat(response.body().length).as(cell).isGreaterThanOrEqualTo(HandlerStylesConfiguration.LARGE);
			}
			if (style.body()) {
				assertThat(response.bodyText()).as("%s: body", cell).contains(HandlerStylesConfiguration.SECRET);
			}
			else {
				assertThat(response.body()).as("%s: body", cell).isEmpty();
			}
		}

		private void verifyDeclined(String cell, HandlerStyle style, WireResponse response) {
			assertThat(response.status()).as(cell).isEqualTo(402);
			assertThat(response.headers("PAYMENT-REQUIRED")).as("%s: challenge", cell).isEmpty();
			SettlementResponse receipt = this.shop.buyer().receipt(response.header("PAYMENT-RESPONSE"));
			assertThat(receipt.success()).as(cell).isFalse();
			assertThat(receipt.errorReason()).as(cell).isEqualTo("insufficient_funds");
			verifyRefusal(cell, style, response, "insufficient_funds", false);
		}

		private void verifyUnknown(String cell, HandlerStyle style, WireResponse response) {
			assertThat(response.status()).as(cell).isEqualTo(503);
			assertThat(response.header("Retry-After")).as(cell).isNotEmpty();
			assertThat(response.headers("PAYMENT-RESPONSE")).as("%s: receipt", cell).isEmpty();
			assertThat(response.headers("PAYMENT-REQUIRED")).as("%s: challenge", cell).isEmpty();
			verifyRefusal(cell, style, response, "settlement_pending", true);
		}

		private static void verifyRefusal(String cell, HandlerStyle style, WireResponse response, String code,
				boolean retryable) {
			assertThat(response.header("Cache-Control")).as(cell).isEqualTo("no-store");
			assertThat(response.header("Content-Type")).as(cell).startsWith("application/json");
			for (String name : List.of("ETag", "Location", "Content-Disposition", "X-Goods")) {
				assertThat(response.headers(name)).as("%s: %s", cell, name).isEmpty();
			}
			// Jetty repeats the cookie of a session that the handler began
			assertThat(response.headers("Set-Cookie")).as("%s: cookies", cell)
				.allMatch((cookie) -> cookie.startsWith("JSESSIONID="));
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
