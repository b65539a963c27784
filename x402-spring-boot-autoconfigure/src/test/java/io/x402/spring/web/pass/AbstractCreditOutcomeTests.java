/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.store.PassRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A paid top-up is never lost and never granted twice, and no call is served that was not
 * paid, whatever fails.
 */
abstract class AbstractCreditOutcomeTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private FaultyPassStore store;

	@Autowired
	private CreditShop.Calls calls;

	@Autowired
	private MovingClock clock;

	@Autowired
	private AtomicReference<String> price;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.store.recover();
		this.price.set("$0.03");
		this.clock.pass(this.clock.ahead().negated());
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
	}

	@ParameterizedTest
	@CsvSource({ "/credit, 98000", "/upfront, 70000" })
	void whenBalanceCannotBeStoredThenNothingIsChargedAndTheSamePaymentBuysItLater(String path, long balance) {
		String payment = this.client.topUp(path);
		int settled = this.facilitator.settled();
		this.store.fail("prepare");
		for (int i = 0; i < 5; i++) {
			HttpResponse<String> refused = this.client.pay(path, payment);
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
			assertThat(refused.headers().firstValue(PassClient.TOKEN)).isEmpty();
		}
		assertThat(this.facilitator.settled()).isEqualTo(settled);
		this.store.recover();
		HttpResponse<String> paid = this.client.pay(path, payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(balance(PassClient.token(paid))).isEqualTo(balance);
	}

	@Test
	void whenPriceIsPaidThenTheStoreOfBalancesIsNotNeeded() {
		this.store.fail("prepare");
		assertThat(this.client.pay("/credit", this.client.payment("/credit")).statusCode()).isEqualTo(200);
	}

	@Test
	void whenBalanceCannotBeStartedThenItsFirstUseStartsIt() {
		String payment = this.client.topUp("/credit");
		this.store.fail("start");
		HttpResponse<String> paid = this.client.pay("/credit", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(paid, PassClient.BALANCE)).isEqualTo("none");
		HttpResponse<String> used = this.client.use("/credit", PassClient.token(paid));
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(used, PassClient.BALANCE)).isEqualTo("96000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "find", "use" })
	void whenBalanceCannotBeCheckedThenHandlerDoesNotRunAndNothingIsTaken(String step) {
		String token = PassClient.token(this.client.pay("/credit", this.client.topUp("/credit")));
		int runs = this.calls.runs();
		this.store.fail(step);
		HttpResponse<String> refused = this.client.use("/credit", token);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
		assertThat(this.calls.runs()).isEqualTo(runs);
		this.store.recover();
		assertThat(balance(token)).isEqualTo(98_000);
	}

	/**
	 * The newest balance suffices, and the store does not respond for it. The other one
	 * is too low.
	 */
	@Test
	void whenOneOfTheBalancesOfABrowserCannotBeCheckedThenItNeedNotPay() {
		String low = cookie(browse("/credit", "a=b", "PAYMENT-SIGNATURE", this.client.topUp("/credit")));
		for (int i = 0; i < 3; i++) {
			assertThat(browse("/dear", low).statusCode()).isEqualTo(200);
		}
		assertThat(PassClient.code(browse("/dear", low))).isEqualTo("credit_insufficient");
		String enough = cookie(browse("/credit", "a=b", "PAYMENT-SIGNATURE", this.client.topUp("/credit")));
		this.store.failOnce("use");
		HttpResponse<String> refused = browse("/dear", low + "; " + enough);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
		assertThat(browse("/dear", low + "; " + enough).statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> browse(String path, String cookie, String... more) {
		return this.client.get(path,
				Stream.concat(Stream.of("Cookie", cookie, "Sec-Fetch-Site", "same-origin"), Arrays.stream(more))
					.toArray(String[]::new));
	}

	private static String cookie(HttpResponse<String> response) {
		return AbstractPassCookieTests.cookie(response);
	}

	/**
	 * The store has taken each price, and given one back. Nothing more can be given back
	 * before it can be reached again.
	 */
	@Test
	void whenPricesAreTakenAndTheResponsesOfTheStoreAreLostThenTheyAreGivenBackAndOnlyOnce() {
		String token = PassClient.token(this.client.pay("/credit", this.client.topUp("/credit")));
		assertThat(this.client.use("/dear", token).statusCode()).isEqualTo(200);
		int failures = this.store.failures();
		this.store.lose("giveBack");
		assertThat(this.client.use("/dear?status=500", token).statusCode()).isEqualTo(500);
		// The client may have its response before the price is given back
		await().atMost(Duration.ofSeconds(60)).until(() -> this.store.failures() > failures);
		this.store.fail("giveBack");
		this.store.lose("use");
		int runs = this.calls.runs();
		for (int i = 1; i < 4; i++) {
			HttpResponse<String> refused = this.client.use("/credit", token);
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
			assertThat(balance(token)).isEqualTo(68_000 - i * 2_000);
		}
		assertThat(this.calls.runs()).isEqualTo(runs);
		this.store.recover();
		await().atMost(Duration.ofSeconds(60)).until(() -> balance(token) == 68_000);
		HttpResponse<String> used = this.client.use("/credit", token);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(used, PassClient.BALANCE)).isEqualTo("66000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/credit", "/upfront" })
	void whenSettlementIsDeclinedThenNothingIsGranted(String path) {
		this.facilitator.declining();
		String payment = this.client.topUp(path);
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> declined = this.client.pay(path, payment);
			assertThat(declined.statusCode()).isEqualTo(402);
			assertThat(declined.headers().firstValue(PassClient.TOKEN)).isEmpty();
			assertThat(PassClient.header(declined, PassClient.BALANCE)).isEqualTo("none");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/credit, 98000", "/upfront, 70000" })
	void whenOutcomeIsUnknownThenTheBalanceComesOnceItIsSettledAndOnlyOnce(String path, long balance) {
		this.facilitator.settling((request) -> new SettlementOutcome.Unknown("timeout", null));
		String payment = this.client.topUp(path);
		HttpResponse<String> pending = this.client.pay(path, payment);
		assertThat(pending.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(pending)).isEqualTo("settlement_pending");
		assertThat(pending.headers().firstValue(PassClient.TOKEN)).isEmpty();
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
		await().atMost(Duration.ofSeconds(60)).until(() -> this.client.pay(path, payment).statusCode() == 200);
		String token = PassClient.token(this.client.pay(path, payment));
		assertThat(balance(token)).isEqualTo(balance);
		assertThat(this.client.use("/credit", token).statusCode()).isEqualTo(200);
		assertThat(PassClient.token(this.client.pay(path, payment))).isEqualTo(token);
		assertThat(balance(token)).isEqualTo(balance - 2_000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/credit", "/upfront" })
	void whenResponseIsCollectedAfterTheAuthorizationHasEndedThenItHasTheBalance(String path) {
		String payment = this.client.topUp(path);
		String token = PassClient.token(this.client.pay(path, payment));
		this.clock.pass(Duration.ofMinutes(10));
		HttpResponse<String> collected = this.client.pay(path, payment);
		assertThat(collected.statusCode()).isEqualTo(200);
		assertThat(PassClient.token(collected)).isEqualTo(token);
		assertThat(this.client.use("/credit", token).statusCode()).isEqualTo(200);
	}

	@Test
	void whenTopUpIsNotOfferedAnyMoreThenWhatWasPaidForIsCollectedAllTheSame() {
		String payment = this.client.topUp("/changing");
		String token = PassClient.token(this.client.pay("/changing", payment));
		this.price.set("$0.50");
		HttpResponse<String> collected = this.client.pay("/changing", payment);
		assertThat(collected.statusCode()).isEqualTo(200);
		assertThat(PassClient.token(collected)).isEqualTo(token);
		assertThat(balance(token)).isEqualTo(70_000);
	}

	@Test
	void whenUpfrontHandlerFailsAfterItWasPaidThenItsBalanceIsGrantedAllTheSame() {
		HttpResponse<String> failed = this.client.pay("/upfront?status=500", this.client.topUp("/upfront?status=500"));
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(balance(PassClient.token(failed))).isEqualTo(70_000);
	}

	private long balance(String token) {
		PassRecord pass = this.store.find(token.substring(0, 32));
		assertThat(pass).isNotNull();
		Long remaining = pass.remaining();
		assertThat(remaining).isNotNull();
		return remaining;
	}

}
