/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.NewPass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What was paid is usable and nothing is usable unpaid, whatever fails.
 */
abstract class AbstractPassOutcomeTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private FaultyPassStore store;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.store.recover();
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
	}

	@Test
	void whenPassCannotBeStoredThenNothingIsChargedAndTheSamePaymentBuysItLater() {
		String payment = this.client.payment("/ten");
		int settled = this.facilitator.settled();
		this.store.fail("prepare");
		HttpResponse<String> refused = this.client.pay("/ten", payment);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
		assertThat(refused.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(this.facilitator.settled()).isEqualTo(settled);
		this.store.recover();
		HttpResponse<String> paid = this.client.pay("/ten", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(this.client.uses("/ten", PassClient.token(paid))).isEqualTo(9);
	}

	@Test
	void whenPassCannotBeStoredThenAPaymentInAdvanceIsNotChargedEither() {
		String payment = this.client.payment("/upfront");
		int settled = this.facilitator.settled();
		this.store.fail("prepare");
		for (int i = 0; i < 5; i++) {
			HttpResponse<String> refused = this.client.pay("/upfront", payment);
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
			assertThat(refused.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		}
		assertThat(this.facilitator.settled()).isEqualTo(settled);
		this.store.recover();
		HttpResponse<String> paid = this.client.pay("/upfront", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(this.client.uses("/upfront", PassClient.token(paid))).isEqualTo(2);
	}

	@Test
	void whenPassCannotBeStoredForAnotherRunOfTheHandlerThenThatRunDoesNotCount() {
		String payment = this.client.payment("/upfront?status=500");
		int settled = this.facilitator.settled();
		String token = PassClient.token(this.client.pay("/upfront?status=500", payment));
		this.store.fail("prepare");
		for (int i = 0; i < 5; i++) {
			HttpResponse<String> failed = this.client.pay("/upfront?status=500", payment);
			assertThat(failed.statusCode()).isEqualTo(503);
			assertThat(PassClient.code(failed)).isEqualTo("delivery_failed");
			assertThat(failed.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		}
		this.store.recover();
		HttpResponse<String> again = this.client.pay("/upfront?status=500", payment);
		assertThat(again.statusCode()).isEqualTo(500);
		assertThat(PassClient.token(again)).isEqualTo(token);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
	}

	@Test
	void whenPaymentInAdvanceIsNotChargedThenItsPassIsForgotten() {
		this.facilitator
			.settling((request) -> new SettlementOutcome.NotExecuted(ReasonCode.FACILITATOR_UNAVAILABLE, "out of gas"));
		String payment = this.client.payment("/upfront");
		HttpResponse<String> refused = this.client.pay("/upfront", payment);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(this.store.last()).isNull();
	}

	@Test
	void whenPassCannotBeStoredThenAPaymentWhoseHandlerHasRunIsNotChargedForIt() {
		this.facilitator
			.settling((request) -> new SettlementOutcome.NotExecuted(ReasonCode.FACILITATOR_UNAVAILABLE, "out of gas"));
		String payment = this.client.payment("/ten");
		assertThat(this.client.pay("/ten", payment).statusCode()).isEqualTo(503);
		assertThat(this.store.last()).isNull();
		restore();
		int settled = this.facilitator.settled();
		this.store.fail("prepare");
		assertThat(PassClient.code(this.client.pay("/ten", payment))).isEqualTo("payment_store_unavailable");
		assertThat(this.facilitator.settled()).isEqualTo(settled);
		this.store.recover();
		HttpResponse<String> paid = this.client.pay("/ten", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(this.client.uses("/ten", PassClient.token(paid))).isEqualTo(9);
	}

	@Test
	void whenPassCannotBeStoredForARedeliveryThenTheNextOneHasIt() {
		String payment = this.client.payment("/ten");
		String token = PassClient.token(this.client.pay("/ten", payment));
		this.store.fail("prepare");
		HttpResponse<String> failed = this.client.pay("/ten", payment);
		assertThat(failed.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(failed)).isEqualTo("delivery_failed");
		this.store.recover();
		assertThat(PassClient.token(this.client.pay("/ten", payment))).isEqualTo(token);
	}

	@ParameterizedTest
	@CsvSource({ "/ten, 9", "/hour, 20", "/report, 2" })
	void whenPassCannotBeStartedThenItsFirstUseStartsIt(String path, int uses) {
		String payment = this.client.payment(path);
		this.store.fail("start");
		HttpResponse<String> paid = this.client.pay(path, payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(paid, PassClient.EXPIRES)).isEqualTo("none");
		assertThat(this.client.uses(path, PassClient.token(paid))).isEqualTo(uses);
	}

	@ParameterizedTest
	@ValueSource(strings = { "find", "use" })
	void whenPassCannotBeCheckedThenHandlerDoesNotRunAndNoUseIsLost(String step) {
		String token = this.client.buy("/ten");
		this.store.fail(step);
		HttpResponse<String> refused = this.client.use("/ten", token);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(refused)).isEqualTo("payment_store_unavailable");
		assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		this.store.recover();
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
	}

	@Test
	void whenTheLastUseCannotBeCheckedThenItIsLeftAndNoneAfterIt() {
		String token = this.client.buy("/upfront");
		assertThat(this.client.use("/upfront", token).statusCode()).isEqualTo(200);
		this.store.fail("use");
		assertThat(this.client.use("/upfront", token).statusCode()).isEqualTo(503);
		this.store.recover();
		assertThat(this.client.use("/upfront", token).statusCode()).isEqualTo(200);
		this.store.fail("use");
		assertThat(this.client.use("/upfront", token).statusCode()).isIn(402, 503);
		this.store.recover();
		assertThat(PassClient.code(this.client.use("/upfront", token))).isEqualTo("pass_exhausted");
	}

	/**
	 * The store is asked once, and what it says counts whoever has changed it.
	 */
	@Test
	void whenPassWasUsedBeforeThenItsUseIsOneStepOfTheStore() {
		String token = this.client.buy("/ten");
		assertThat(this.client.use("/ten", token).statusCode()).isEqualTo(200);
		this.store.fail("find");
		HttpResponse<String> used = this.client.use("/ten", token);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo("7");
		assertThat(this.client.use("/ten", token.substring(0, 75) + "~").statusCode()).isEqualTo(402);
		assertThat(this.client.use("/ten", token.substring(0, 33) + "A".repeat(43)).statusCode()).isEqualTo(503);
		assertThat(this.client.use("/report", token).statusCode()).isEqualTo(503);
		this.store.recover();
		assertThat(PassClient.code(this.client.use("/report", token))).isEqualTo("pass_invalid");
		assertThat(this.client.uses("/ten", token)).isEqualTo(7);
		assertThat(PassClient.code(this.client.use("/ten", token))).isEqualTo("pass_exhausted");
	}

	@Test
	void whenAnotherInstanceEndsAPassThatWasUsedBeforeThenItOpensNothing() {
		String token = this.client.buy("/ten");
		assertThat(this.client.use("/ten", token).statusCode()).isEqualTo(200);
		this.store.revoke(token.substring(0, 32));
		for (int i = 0; i < 2; i++) {
			assertThat(PassClient.code(this.client.use("/ten", token))).isEqualTo("pass_revoked");
		}
	}

	@Test
	void whenAnotherInstanceReplacesTheTokenOfAPassThatWasUsedBeforeThenItTakesNothing() {
		String token = this.client.buy("/ten");
		assertThat(this.client.use("/ten", token).statusCode()).isEqualTo(200);
		NewPass sold = Objects.requireNonNull(this.store.last()).pass();
		this.store.prepare(
				new NewPass(sold.id(), "b".repeat(64), sold.paid(), sold.scope(), sold.duration(), sold.uses()),
				"another");
		for (int i = 0; i < 2; i++) {
			assertThat(PassClient.code(this.client.use("/ten", token))).isEqualTo("pass_invalid");
		}
		assertThat(Objects.requireNonNull(this.store.last()).remaining()).isEqualTo(8);
	}

	@Test
	void whenStoreFailsWhileManyUseAPassThenWhatWasServedAndWhatIsLeftAreWhatWasPaid() throws Exception {
		String token = this.client.buy("/ten");
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			List<Future<Integer>> uses = IntStream.range(0, 32).mapToObj((i) -> threads.submit(() -> {
				if (i % 4 == 0) {
					this.store.fail((i % 8 == 0) ? "use" : "find");
				}
				int status = this.client.use("/ten", token).statusCode();
				this.store.recover();
				return status;
			})).toList();
			int served = 0;
			for (Future<Integer> use : uses) {
				assertThat(use.get()).isIn(200, 402, 503);
				served += (use.get() == 200) ? 1 : 0;
			}
			this.store.recover();
			assertThat(served + this.client.uses("/ten", token)).isEqualTo(9);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenPassIsRevokedWhileItsOutcomeIsUnknownThenItsResponseIsDeliveredAndItOpensNothing() {
		this.facilitator.settling((request) -> new SettlementOutcome.Unknown("timeout", null));
		String payment = this.client.payment("/ten");
		assertThat(PassClient.code(this.client.pay("/ten", payment))).isEqualTo("settlement_pending");
		assertThat(this.store.revoke(Objects.requireNonNull(this.store.last()).pass().id())).isTrue();
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
		await().atMost(Duration.ofSeconds(60)).until(() -> this.client.pay("/ten", payment).statusCode() == 200);
		HttpResponse<String> refused = this.client.use("/ten", PassClient.token(this.client.pay("/ten", payment)));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_revoked");
	}

	@Test
	void whenUseCannotBeGivenBackThenTheErrorPassesAsItIsAndItIsGivenBackLater() {
		String token = this.client.buy("/report");
		this.store.fail("giveBack");
		int failures = this.store.failures();
		assertThat(this.client.use("/report?status=404", token).statusCode()).isEqualTo(404);
		await().until(() -> this.store.failures() > failures);
		assertThat(Objects.requireNonNull(this.store.last()).remaining()).isEqualTo(1);
		this.store.recover();
		await().atMost(Duration.ofSeconds(60))
			.until(() -> Objects.equals(Objects.requireNonNull(this.store.last()).remaining(), 2L));
		assertThat(this.client.uses("/report", token)).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ten", "/upfront" })
	void whenSettlementIsDeclinedThenNoTokenIsSent(String path) {
		this.facilitator.declining();
		String payment = this.client.payment(path);
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> declined = this.client.pay(path, payment);
			assertThat(declined.statusCode()).isEqualTo(402);
			assertThat(declined.headers().firstValue(PassClient.TOKEN)).isEmpty();
			assertThat(PassClient.header(declined, PassClient.REMAINING)).isEqualTo("none");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/report", "/upfront", "/report?status=500", "/report?status=302", "/thrown?status=0",
			"/async?fails=true", "/broken" })
	void whenPaymentEndsUnchargedThenItsPassIsForgotten(String path) {
		this.facilitator.declining();
		assertThat(this.client.pay(path, this.client.payment(path)).statusCode()).isGreaterThanOrEqualTo(400);
		await().until(() -> this.store.last() == null);
	}

	@Test
	void whenOutcomeIsUnknownThenItsPassIsKept() {
		this.facilitator.settling((request) -> new SettlementOutcome.Unknown("timeout", null));
		this.client.pay("/report", this.client.payment("/report"));
		assertThat(this.store.last()).isNotNull();
	}

	@Test
	void whenPassCannotBeForgottenThenTheBuyerLearnsTheSameAsOtherwise() {
		this.store.fail("forget");
		int failures = this.store.failures();
		HttpResponse<String> failed = this.client.pay("/report?status=404", this.client.payment("/report?status=404"));
		assertThat(failed.statusCode()).isEqualTo(404);
		await().until(() -> this.store.failures() > failures);
		assertThat(this.store.last()).isNotNull();
	}

	@Test
	void whenHandlerFailsThenTheSamePaymentBuysThePassOnceItDoesNot() {
		String payment = this.client.payment("/flaky");
		assertThat(this.client.pay("/flaky", payment).statusCode()).isEqualTo(503);
		await().until(() -> this.store.last() == null);
		HttpResponse<String> paid = this.client.pay("/flaky", payment);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.client.uses("/flaky", PassClient.token(paid))).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/report?status=500", "/report?status=403", "/thrown?status=0", "/async?fails=true", "/sent" })
	void whenHandlerOfAPaymentFailsThenNothingIsChargedAndNoTokenIsSent(String path) {
		int settled = this.facilitator.settled();
		HttpResponse<String> failed = this.client.pay(path, this.client.payment(path));
		assertThat(failed.statusCode()).isGreaterThanOrEqualTo(400);
		assertThat(failed.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	@Test
	void whenUpfrontHandlerFailsAfterItWasPaidThenItsPassIsSoldAllTheSame() {
		String payment = this.client.payment("/upfront?status=500");
		HttpResponse<String> failed = this.client.pay("/upfront?status=500", payment);
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		String token = PassClient.token(failed);
		assertThat(this.client.uses("/upfront", token)).isEqualTo(2);
	}

	@Test
	void whenUpfrontHandlerFailsUntilItIsNotRunAnyMoreThenItsPassIsStillDelivered() {
		String path = "/upfront?status=500";
		String payment = this.client.payment(path);
		int settled = this.facilitator.settled();
		String token = PassClient.token(this.client.pay(path, payment));
		await().until(() -> this.client.pay(path, payment).statusCode() == 409);
		HttpResponse<String> refused = this.client.pay(path, payment);
		assertThat(refused.statusCode()).isEqualTo(409);
		assertThat(PassClient.code(refused)).isEqualTo("payment_already_used");
		assertThat(refused.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(refused.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(PassClient.token(refused)).isEqualTo(token);
		this.store.fail("prepare");
		HttpResponse<String> failed = this.client.pay(path, payment);
		assertThat(failed.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(failed)).isEqualTo("delivery_failed");
		assertThat(failed.headers().firstValue(PassClient.TOKEN)).isEmpty();
		this.store.recover();
		assertThat(this.client.uses("/upfront", token)).isEqualTo(2);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
	}

	@ParameterizedTest
	@CsvSource({ "/ten, 9", "/upfront, 2" })
	void whenOutcomeIsUnknownThenTheTokenComesOnceItIsSettled(String path, int uses) {
		this.facilitator.settling((request) -> new SettlementOutcome.Unknown("timeout", null));
		String payment = this.client.payment(path);
		HttpResponse<String> pending = this.client.pay(path, payment);
		assertThat(pending.statusCode()).isEqualTo(503);
		assertThat(PassClient.code(pending)).isEqualTo("settlement_pending");
		assertThat(pending.headers().firstValue(PassClient.TOKEN)).isEmpty();
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
		await().atMost(Duration.ofSeconds(60)).until(() -> this.client.pay(path, payment).statusCode() == 200);
		String token = PassClient.token(this.client.pay(path, payment));
		assertThat(this.client.uses(path, token)).isEqualTo(uses);
		assertThat(PassClient.token(this.client.pay(path, payment))).isEqualTo(token);
		assertThat(this.client.uses(path, token)).isZero();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Faults {

		@Bean
		FaultyPassStore faultyPassStore() {
			return new FaultyPassStore();
		}

	}

}
