/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.access.Passes;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a pass opens, and how it ends.
 */
abstract class AbstractPassTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private MovingClock clock;

	@Autowired
	private Passes passes;

	private PassClient client;

	/**
	 * Return the status of a handler whose connection to another server breaks.
	 */
	abstract int brokenUpstream();

	int port() {
		return this.port;
	}

	PassClient client() {
		return this.client;
	}

	MovingClock clock() {
		return this.clock;
	}

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.clock.pass(this.clock.ahead().negated());
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
	}

	@Test
	void whenHourIsPaidThenItsPassOpensTheHandlerUntilTheHourIsOver() {
		HttpResponse<String> refused = this.client.get("/hour");
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.header(refused, "X402-Pass-Policy")).isEqualTo("\"pass\";duration=3600");
		HttpResponse<String> paid = this.client.pay("/hour", this.client.payment("/hour"));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).startsWith("payment of 0x");
		assertThat(PassClient.header(paid, PassClient.REMAINING)).isEqualTo("none");
		Instant end = Instant.parse(PassClient.header(paid, PassClient.EXPIRES));
		assertThat(end).isBetween(this.clock.instant().plusSeconds(3500), this.clock.instant().plusSeconds(3600));
		int settled = this.facilitator.settled();
		HttpResponse<String> used = this.client.use("/hour", PassClient.token(paid));
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(used.body()).startsWith("pass of 0x").endsWith(" until " + end);
		assertThat(PassClient.header(used, PassClient.EXPIRES)).isEqualTo(end.toString());
		assertThat(used.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(used.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(used.headers().allValues("Cache-Control")).containsExactly("private");
		this.clock.pass(Duration.ofMinutes(59));
		assertThat(this.client.use("/hour", PassClient.token(paid)).statusCode()).isEqualTo(200);
		this.clock.pass(Duration.ofMinutes(1));
		HttpResponse<String> late = this.client.use("/hour", PassClient.token(paid));
		assertThat(late.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(late)).isEqualTo("pass_expired");
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	@Test
	void whenTenCallsArePaidThenTenAreServed() {
		HttpResponse<String> paid = this.client.pay("/ten", this.client.payment("/ten"));
		assertThat(PassClient.header(paid, PassClient.REMAINING)).isEqualTo("9");
		assertThat(paid.body()).isEqualTo("goods, left -1");
		for (int left = 8; left >= 0; left--) {
			HttpResponse<String> used = this.client.use("/ten", PassClient.token(paid));
			assertThat(used.statusCode()).isEqualTo(200);
			assertThat(used.body()).isEqualTo("goods, left " + left);
			assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo(Integer.toString(left));
		}
		HttpResponse<String> refused = this.client.use("/ten", PassClient.token(paid));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_exhausted");
		assertThat(PassClient.header(refused, PassClient.REMAINING)).isEqualTo("0");
	}

	@Test
	void whenManyUseAPassAtOnceThenNoMoreThanItsUsesAreServed() throws Exception {
		String token = this.client.buy("/ten");
		ExecutorService threads = Executors.newFixedThreadPool(64);
		try {
			List<Future<HttpResponse<String>>> uses = IntStream.range(0, 64)
				.mapToObj((i) -> threads.submit(() -> this.client.use("/ten", token)))
				.toList();
			int served = 0;
			for (Future<HttpResponse<String>> use : uses) {
				served += (use.get().statusCode() == 200) ? 1 : 0;
			}
			assertThat(served).isEqualTo(9);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenRouteSellsAPassThenItOpensTheRoute() {
		assertThat(PassClient.header(this.client.get("/routed"), "X402-Pass-Policy"))
			.isEqualTo("\"pass\";uses=2;duration=86400");
		assertThat(this.client.uses("/routed", this.client.buy("/routed"))).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "/cheaper, 200", "/dearer, 402", "/elsewhere, 402", "/ten, 402", "/hour, 402", "/single, 402" })
	void whenPassIsUsedElsewhereThenItOpensItsScopeUpToWhatWasPaid(String path, int status) {
		String token = this.client.buy("/report");
		HttpResponse<String> used = this.client.use(path, token);
		assertThat(used.statusCode()).isEqualTo(status);
		if (status != 200) {
			assertThat(PassClient.code(used)).isEqualTo("/single".equals(path) ? "payment_required" : "pass_invalid");
			assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo("none");
		}
		assertThat(this.client.uses("/report", token)).isEqualTo((status == 200) ? 1 : 2);
	}

	@Test
	void whenPassIsNotBoundToAPriceThenRevocationEndsIt() {
		String token = this.client.buy("/report");
		assertThat(this.passes.revoke(token.substring(0, 32))).isTrue();
		HttpResponse<String> refused = this.client.use("/report", token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_revoked");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/report?status=500", "/report?status=404", "/report?status=304", "/thrown?status=0",
			"/thrown?status=403", "/async?fails=true", "/sent" })
	void whenHandlerFailsThenUseIsGivenBack(String path) {
		String token = this.client.buy("/report");
		for (int i = 0; i < 5; i++) {
			assertThat(this.client.use(path, token).statusCode()).isNotIn(200, 402);
			await().until(() -> left(token) == 2);
		}
		assertThat(this.client.uses("/report", token)).isEqualTo(2);
	}

	long left(String token) {
		return Objects.requireNonNull(Objects.requireNonNull(this.passes.find(token.substring(0, 32))).remaining());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			If-None-Match | "v1"
			If-None-Match | W/"v1"
			If-None-Match | *
			If-Modified-Since | Fri, 01 Jan 2038 00:00:00 GMT
			If-Match | "other"
			If-Unmodified-Since | Thu, 01 Jan 1970 00:00:00 GMT""")
	void whenRequestHasAConditionThenItIsServedAndTakesAUse(String header, String value) {
		String token = this.client.buy("/report");
		HttpResponse<String> used = this.client.get("/versioned", PassClient.TOKEN, token, header, value);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(used.body()).isEqualTo("goods");
		assertThat(this.client.uses("/report", token)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/broken", "/broken-later" })
	void whenConnectionToAnotherServerBreaksThenHandlerHasFailedAndUseIsGivenBack(String path) {
		String token = this.client.buy("/report");
		assertThat(this.client.use(path, token).statusCode()).isEqualTo(brokenUpstream());
		await().until(() -> left(token) == 2);
	}

	@Test
	void whenResponseBreaksOffThenItTakesAUse() {
		String token = this.client.buy("/report");
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> this.client.use("/broken-off", token));
		assertThat(this.client.uses("/report", token)).isEqualTo(1);
	}

	@Test
	void whenSomethingIsServedInPlaceOfAnExceptionThenItTakesAUse() {
		String token = this.client.buy("/report");
		assertThat(this.client.use("/fallback", token).body()).isEqualTo("goods of yesterday");
		assertThat(this.client.uses("/report", token)).isEqualTo(1);
	}

	@Test
	void whenEndpointIsNotExposedThenPassesAreNotShown() {
		assertThat(this.client.get("/actuator/x402passes").statusCode()).isEqualTo(404);
	}

	@Test
	void whenScopeHasNoNameThenItIsOneHandlerOrRoute() {
		String token = this.client.buy("/overloaded");
		HttpResponse<String> refused = this.client.use("/overloaded/1", token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		assertThat(this.client.uses("/overloaded", token)).isEqualTo(2);
		String routed = this.client.buy("/methods");
		refused = this.client.send("POST", "/methods", PassClient.TOKEN, routed);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		assertThat(this.client.uses("/methods", routed)).isEqualTo(2);
	}

	@Test
	void whenHandlerIsAsynchronousThenUseIsTakenOnce() {
		assertThat(this.client.uses("/async", this.client.buy("/report"))).isEqualTo(2);
	}

	@Test
	void whenHandlerForwardsWithinItsScopeThenOneUseIsTaken() {
		String token = this.client.buy("/report");
		HttpResponse<String> forwarded = this.client.use("/forward", token);
		assertThat(forwarded.statusCode()).isEqualTo(200);
		assertThat(forwarded.body()).isEqualTo("goods");
		assertThat(this.client.uses("/report", token)).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "/dearer, pass_invalid", "/elsewhere, pass_invalid", "/ten, pass_invalid",
			"/single, payment_required" })
	void whenHandlerForwardsBeyondWhatWasPaidThenPaymentIsRequiredAndTheUseIsGivenBack(String to, String code) {
		String token = this.client.buy("/report");
		HttpResponse<String> refused = this.client.use("/forward?to=" + to, token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo(code);
		assertThat(refused.body()).doesNotContain("goods");
		await().until(() -> left(token) == 2);
	}

	@Test
	void whenHandlerAllowsSharedCachingThenResponseForAPassIsPrivate() {
		HttpResponse<String> used = this.client.use("/cheaper", this.client.buy("/report"));
		assertThat(PassClient.header(used, "Cache-Control").split(", ")).containsExactlyInAnyOrder("private",
				"max-age=60");
	}

	@Test
	void whenHandlerSetsTheHeaderThenItDoesNotReachTheBuyer() {
		HttpResponse<String> paid = this.client.pay("/report", this.client.payment("/report"));
		assertThat(paid.headers().allValues(PassClient.TOKEN)).hasSize(1).doesNotContain("forged");
		HttpResponse<String> used = this.client.use("/report", PassClient.token(paid));
		assertThat(used.headers().allValues(PassClient.TOKEN)).isEmpty();
	}

	@Test
	void whenPaymentComesWithAPassThenItIsTakenAndThePassIsNotUsed() {
		String token = this.client.buy("/ten");
		int settled = this.facilitator.settled();
		HttpResponse<String> paid = this.client.get("/ten", "PAYMENT-SIGNATURE", this.client.payment("/ten"),
				PassClient.TOKEN, token);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(PassClient.token(paid)).isNotEqualTo(token);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
		assertThat(this.client.uses("/ten", PassClient.token(paid))).isEqualTo(9);
	}

	@Test
	void whenPaymentIsRepeatedThenItsPassIsTheSameAndNoUseIsAdded() {
		String payment = this.client.payment("/ten");
		String token = PassClient.token(this.client.pay("/ten", payment));
		assertThat(this.client.use("/ten", token).statusCode()).isEqualTo(200);
		HttpResponse<String> repeated = this.client.pay("/ten", payment);
		assertThat(repeated.statusCode()).isEqualTo(200);
		assertThat(PassClient.token(repeated)).isEqualTo(token);
		assertThat(PassClient.header(repeated, PassClient.REMAINING)).isEqualTo("8");
		assertThat(this.client.uses("/ten", token)).isEqualTo(8);
		assertThat(PassClient.header(this.client.pay("/ten", payment), PassClient.REMAINING)).isEqualTo("0");
		assertThat(this.client.uses("/ten", token)).isZero();
	}

	@Test
	void whenPassIsOverThenRepeatedPaymentDoesNotStartAnother() {
		String payment = this.client.payment("/hour");
		String token = PassClient.token(this.client.pay("/hour", payment));
		this.clock.pass(Duration.ofMinutes(61));
		this.client.pay("/hour", payment);
		assertThat(PassClient.code(this.client.use("/hour", token))).isEqualTo("pass_expired");
	}

	@Test
	void whenSettlementIsDeclinedThenNoPassIsSold() {
		this.facilitator.declining();
		HttpResponse<String> declined = this.client.pay("/ten", this.client.payment("/ten"));
		assertThat(declined.statusCode()).isEqualTo(402);
		assertThat(declined.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(PassClient.header(declined, PassClient.REMAINING)).isEqualTo("none");
	}

	@Test
	void whenHandlerOfAPaymentFailsThenNoPassIsSoldAndTheSamePaymentBuysOneLater() {
		String payment = this.client.payment("/upfront");
		assertThat(payment).isNotEmpty();
		HttpResponse<String> failed = this.client.pay("/report?status=500", this.client.payment("/report?status=500"));
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue(PassClient.TOKEN)).isEmpty();
	}

	@Test
	void whenPaymentIsSettledUpfrontThenItsPassComesWithTheResponse() {
		String token = this.client.buy("/upfront");
		assertThat(this.client.uses("/upfront", token)).isEqualTo(2);
	}

	@Test
	void whenPassIsBoundToItsUserThenOthersCannotUseIt() {
		HttpResponse<String> paid = this.client.get("/mine", "PAYMENT-SIGNATURE", this.client.payment("/mine"),
				"X-Test-User", "alice");
		String token = PassClient.token(paid);
		for (String other : List.of("bob", "Alice", "alice2")) {
			HttpResponse<String> refused = this.client.get("/mine", PassClient.TOKEN, token, "X-Test-User", other);
			assertThat(refused.statusCode()).isEqualTo(402);
			assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		}
		assertThat(this.client.uses("/mine", token)).isZero();
		assertThat(this.client.get("/mine", PassClient.TOKEN, token, "X-Test-User", "alice").statusCode())
			.isEqualTo(200);
	}

	@Test
	void whenPassWasBoughtWithoutALoginThenItIsNotForUsers() {
		String token = this.client.buy("/mine");
		assertThat(this.client.get("/mine", PassClient.TOKEN, token, "X-Test-User", "alice").statusCode())
			.isEqualTo(402);
		assertThat(this.client.uses("/mine", token)).isEqualTo(2);
	}

	@Test
	void whenClientHasFreeCallsThenAnInvalidPassDoesNotCostThem() {
		assertThat(this.client.use("/trial", "junk").statusCode()).isEqualTo(200);
		HttpResponse<String> refused = this.client.use("/trial", "junk");
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		String token = this.client.buy("/trial");
		assertThat(this.client.uses("/trial", token)).isEqualTo(1);
	}

}
