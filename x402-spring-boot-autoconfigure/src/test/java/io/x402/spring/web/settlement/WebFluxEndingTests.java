/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.WebFluxEndings.Handlers;
import io.x402.spring.web.settlement.WebFluxEndings.Signals;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Paid requests to WebFlux that others end: filters that give them up, error handlers,
 * files that vanish. One thread takes payments, so that what waits for it is known.
 */
class WebFluxEndingTests {

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(WebFluxEndings.class, "x402.facilitator.settle-timeout=20s",
				"x402.facilitator.verify-timeout=60s", "x402.webflux.max-threads=1");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@BeforeEach
	void reset() {
		Signals signals = signals();
		signals.runs.set(0);
		signals.written.set(0);
		signals.paying.set(0);
		signals.cancelled.set(0);
		signals.giveUp = Sinks.empty();
		signals.endOfFallback = Sinks.empty();
	}

	private static Signals signals() {
		return shop.bean(Signals.class);
	}

	@ParameterizedTest
	@CsvSource({ "/given-up-inside, 200", "/given-up-inside, 503", "/given-up-outside, 504" })
	void whenAFilterGivesUpWhileThePaymentIsTakenThenItIsGivenBack(String target, int status) throws Exception {
		Payment payment = shop.payment(target);
		Verification verification = new Verification(payment);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", target, payment.headerLine(), "X-Fallback: " + status);
			verification.awaitBegun();
			signals().giveUp.tryEmitEmpty();
			WireResponse response = exchange.receive();
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		}
		verification.end();
		assertThat(shop.isReleased(payment)).isTrue();
		assertThat(verification.script.settlements()).isZero();
		assertThat(signals().runs).hasValue(0);
		signals().giveUp = Sinks.empty();
		assertThat(shop.pay(target, payment).bodyText()).as("the same payment later").isEqualTo(WebFluxEndings.SECRET);
	}

	@Test
	void whenAPaymentIsTakenWhileAFilterRespondsThenItIsGivenBack() throws Exception {
		Payment payment = shop.payment("/given-up-inside/slowly");
		Verification verification = new Verification(payment);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/given-up-inside/slowly", payment.headerLine(), "X-Fallback: 200");
			verification.awaitBegun();
			signals().giveUp.tryEmitEmpty();
			exchange.receiveUntil(WebFluxEndings.BUSY);
			verification.end();
			assertThat(shop.isReleased(payment)).isTrue();
			signals().endOfFallback.tryEmitEmpty();
			assertThat(exchange.receive().bodyText()).isEqualTo(WebFluxEndings.BUSY);
		}
		assertThat(verification.script.settlements()).isZero();
		assertThat(signals().runs).hasValue(0);
	}

	@Test
	void whenAFilterGivesUpWhileAPaymentIsSettledUpfrontThenItIsServedLater() throws Exception {
		String target = "/given-up-inside/upfront";
		Payment payment = shop.payment(target);
		CountDownLatch settling = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
			settling.countDown();
			awaitQuietly(end);
		});
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", target, payment.headerLine(), "X-Fallback: 200");
			awaitQuietly(settling);
			signals().giveUp.tryEmitEmpty();
			assertThat(exchange.receive().bodyText()).isEqualTo(WebFluxEndings.BUSY);
		}
		end.countDown();
		await().atMost(Duration.ofMinutes(1))
			.until(() -> shop.claim(payment).state() == ClaimState.SETTLED && !shop.claim(payment).active());
		assertThat(signals().runs).hasValue(0);
		signals().giveUp = Sinks.empty();
		assertThat(shop.pay(target, payment).bodyText()).isEqualTo(WebFluxEndings.SECRET);
		assertThat(script.settlements()).isOne();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenABuyerLeavesWhileWaitingForAThreadThenNothingIsVerified() throws Exception {
		Verification first = new Verification(shop.payment("/goods"));
		Payment waiting = shop.payment("/goods");
		Script script = shop.script(waiting, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port());
				WireExchange leaving = new WireExchange(shop.port())) {
			exchange.send("GET", "/goods", first.payment.headerLine());
			first.awaitBegun();
			leaving.send("GET", "/goods", waiting.headerLine());
			await().until(() -> signals().paying.get() == 2);
			leaving.abort();
			await().until(() -> signals().cancelled.get() == 1);
			first.end();
			assertThat(exchange.receive().bodyText()).isEqualTo(WebFluxEndings.SECRET);
		}
		assertThat(shop.pay("/goods", shop.goodPayment("/goods")).status()).isEqualTo(200);
		assertThat(script.verifications()).isZero();
		assertThat(shop.claim(waiting)).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 503, 200 })
	void whenAFilterGivesUpWhatIsHeldThenItsOwnResponseIsNotCharged(int status) throws IOException {
		Payment payment = shop.payment("/given-up-inside/while-written");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/given-up-inside/while-written", payment.headerLine(), "X-Fallback: " + status);
			await().until(() -> signals().written.get() == 1);
			signals().giveUp.tryEmitEmpty();
			WireResponse response = exchange.receive();
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.bodyText()).isEqualTo(WebFluxEndings.BUSY);
			assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		}
		assertThat(shop.isReleased(payment)).isTrue();
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ended-by-filter", "/ended-by-handler", "/short-file" })
	void whenABrokenResponseEndsAsIfItWereWellThenItIsAnError(String target) throws IOException {
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.shows(WebFluxEndings.SECRET)).isFalse();
		assertThat(shop.isReleased(payment)).isTrue();
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenAFilterHidesThatAStreamFailedThenItIsCutOffAllTheSame() throws IOException {
		Payment payment = shop.goodPayment("/cut-and-hidden");
		WireResponse response = shop.pay("/cut-and-hidden", payment);
		assertThat(response.shows("\r\n0\r\n\r\n")).as("an end that looks well: %s", response).isFalse();
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenAFileVanishesDuringSettlementThenItIsCutOffAndOwed() throws IOException {
		Payment payment = shop.payment("/file");
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
			try {
				Files.deleteIfExists(shop.bean(Handlers.class).location());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		WireResponse response = shop.pay("/file", payment);
		assertThat(response.shows("\r\n0\r\n\r\n")).as("an end that looks well: %s", response).isFalse();
		assertThat(response.shows(WebFluxEndings.SECRET)).isFalse();
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.pay("/file", payment).body()).hasSize(300_000);
		assertThat(signals().runs).as("the handler runs again for the same payment").hasValue(2);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAHandlerLogsItsResponseThenItMay() throws IOException {
		assertThat(shop.pay("/logged", shop.goodPayment("/logged")).bodyText()).startsWith(WebFluxEndings.SECRET);
	}

	/**
	 * A verification that ends when the test says so.
	 */
	private static final class Verification {

		private final Payment payment;

		private final Script script;

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch end = new CountDownLatch(1);

		Verification(Payment payment) {
			this.payment = payment;
			this.script = shop.script(payment, SettleBehaviour.SETTLED).atVerify(this::verify);
		}

		private void verify() {
			this.begun.countDown();
			awaitQuietly(this.end);
		}

		void awaitBegun() throws InterruptedException {
			assertThat(this.begun.await(1, TimeUnit.MINUTES)).isTrue();
		}

		void end() {
			this.end.countDown();
		}

	}

}
