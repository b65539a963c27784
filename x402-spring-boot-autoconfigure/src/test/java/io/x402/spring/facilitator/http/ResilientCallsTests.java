/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.VerifyResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ResilientCalls}.
 */
class ResilientCallsTests {

	private static final FacilitatorResponse OK = valid();

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

	private final AtomicInteger calls = new AtomicInteger();

	private final ResilientCalls facilitator = new ResilientCalls(
			new ResilienceSettings(0, 2, 3, Duration.ofSeconds(10)), this.nanoTime::get);

	@Test
	void whenSettlementsGetNoAnswerThenFurtherOnesAreRefusedWithoutACall() {
		failSettlements(3);
		assertRefused(() -> settle(returning(OK)));
		assertThat(this.calls).hasValue(3);
	}

	@Test
	void whenSettlementsGetNoAnswerThenNothingIsVerifiedThatCouldNotBeSettled() {
		failSettlements(3);
		assertRefused(() -> verify(returning(OK)));
	}

	@Test
	void whenCallsWouldBeRefusedThenThatIsKnownBeforeAndNothingIsUsedUp() throws Exception {
		this.facilitator.checkVerifications();
		failSettlements(3);
		assertRefused(this::check);
		advance(Duration.ofSeconds(10));
		for (int i = 0; i < 5; i++) {
			this.facilitator.checkVerifications();
		}
		assertThat(verify(() -> {
			assertRefused(this::check);
			return OK;
		})).isSameAs(OK);
		assertRefused(this::check);
		assertThat(settle(returning(OK))).isSameAs(OK);
		this.facilitator.checkVerifications();
	}

	@Test
	void whenAllPermittedSettlementsAreUnderWayThenVerificationsAreTurnedAwayAndCounted() throws Exception {
		settle(() -> {
			settle(() -> {
				assertRefused(this::check);
				return OK;
			});
			this.facilitator.checkVerifications();
			return OK;
		});
		assertThat(this.facilitator.refused()).containsEntry("x402.facilitator.limits.max-concurrent-settlements", 1L);
	}

	private FacilitatorResponse check() throws NoResponseException {
		this.facilitator.checkVerifications();
		return OK;
	}

	@Test
	void whenVerificationsGetNoAnswerThenPaymentsThatAreVerifiedAreSettledAllTheSame() throws Exception {
		for (int i = 0; i < 3; i++) {
			assertNoAnswer(() -> verify(failing()));
		}
		assertRefused(() -> verify(returning(OK)));
		assertThat(settle(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenOneCallIsAnsweredThenFailuresBeforeItDoNotCount() throws Exception {
		failSettlements(2);
		settle(returning(OK));
		failSettlements(2);
		assertThat(settle(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenPauseIsOverThenOneCallTriesForAll() throws Exception {
		failSettlements(3);
		advance(Duration.ofSeconds(10));
		assertNoAnswer(() -> settle(() -> {
			assertRefused(() -> settle(returning(OK)));
			assertRefused(() -> verify(returning(OK)));
			return failing().make();
		}));
		assertRefused(() -> settle(returning(OK)));
		advance(Duration.ofSeconds(10));
		assertThat(settle(returning(OK))).isSameAs(OK);
		assertThat(settle(returning(OK))).isSameAs(OK);
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 429, 502, 503, 504 })
	void whenFacilitatorSaysThatItServesNobodyThenItIsLeftAlone(int status) throws Exception {
		settleThrice(status);
		assertRefused(() -> settle(returning(OK)));
		assertThat(this.facilitator.condition("it").usable()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 404, 405, 407 })
	void whenFacilitatorRefusesQuicklyThenThatIsAProblemButItIsStillCalled(int status) throws Exception {
		settleThrice(status);
		assertThat(this.facilitator.condition("it")).satisfies((condition) -> {
			assertThat(condition.name()).isEqualTo("it");
			assertThat(condition.usable()).isFalse();
			assertThat(condition.problem()).contains("settle", Integer.toString(status));
		});
		assertThat(settle(returning(OK))).isSameAs(OK);
		assertThat(this.facilitator.condition("it")).isEqualTo(new FacilitatorCondition("it", true, ""));
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 412, 500 })
	void whenAnswerMayBeAboutThePaymentThenNobodyElseSuffers(int status) throws Exception {
		for (int i = 0; i < 6; i++) {
			settle(returning(response(status)));
		}
		assertThat(this.facilitator.condition("it").usable()).isTrue();
		assertThat(settle(returning(OK))).isSameAs(OK);
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 429, 503 })
	void whenAnswerHoldsAMessageThenItIsAboutOnePaymentWhateverItsStatus(int status) throws Exception {
		for (int i = 0; i < 6; i++) {
			verify(returning(message(status)));
			settle(returning(message(status)));
		}
		assertThat(this.facilitator.condition("it")).isEqualTo(new FacilitatorCondition("it", true, ""));
		assertThat(this.calls).hasValue(12);
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 307, 400, 402, 403, 404, 405, 413, 415, 422 })
	void whenSettlementsAreNotExecutedThenNothingIsVerifiedThatCouldNotBeSettled(int status) throws Exception {
		settleThrice(status);
		assertThat(this.facilitator.condition("it").usable()).isFalse();
		assertRefused(() -> verify(returning(OK)));
		settle(returning(OK));
		assertThat(verify(returning(OK))).isSameAs(OK);
		assertThat(this.facilitator.condition("it").usable()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 413, 422, 500 })
	void whenVerifyRejectsWhatABuyerMaySendThenNobodyElseSuffers(int status) throws Exception {
		for (int i = 0; i < 6; i++) {
			verify(returning(response(status)));
		}
		assertThat(this.facilitator.condition("it").usable()).isTrue();
	}

	@Test
	void whenTooManyVerificationsAreUnderWayThenFurtherOnesAreRefusedAtOnce() throws Exception {
		verify(() -> {
			verify(() -> {
				assertRefused(() -> verify(returning(OK)));
				assertThat(settle(returning(OK))).isSameAs(OK);
				return OK;
			});
			return OK;
		});
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenTooManySettlementsAreUnderWayThenFurtherOnesAreRefusedAtOnce() throws Exception {
		CountDownLatch under = new CountDownLatch(2);
		CountDownLatch go = new CountDownLatch(1);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			ResilientCalls.Call slow = () -> {
				under.countDown();
				awaitQuietly(go);
				return OK;
			};
			Future<?> first = threads.submit(() -> settle(slow));
			Future<?> second = threads.submit(() -> settle(slow));
			assertThat(under.await(20, TimeUnit.SECONDS)).isTrue();
			assertRefused(() -> settle(returning(OK)));
			assertRefused(() -> verify(returning(OK)));
			assertThat(this.calls).hasValue(0);
			go.countDown();
			first.get(20, TimeUnit.SECONDS);
			second.get(20, TimeUnit.SECONDS);
		}
		finally {
			go.countDown();
			threads.shutdownNow();
		}
		assertThat(settle(returning(OK))).isSameAs(OK);
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenCallThrowsThenItsPlaceIsFreeAgain() throws Exception {
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> settle(() -> {
				throw new IllegalStateException("bug");
			}));
		}
		assertThat(settle(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenOnePayerIsRefusedWhileOthersAreAnsweredThenNobodyElseSuffers() throws Exception {
		verify(returning(OK));
		settle(returning(OK));
		for (int status : new int[] { 302, 400, 403, 404, 405, 406, 413 }) {
			verify(returning(response(status)));
			settle(returning(response(status)));
		}
		assertThat(this.facilitator.condition("it")).satisfies((condition) -> {
			assertThat(condition.usable()).isTrue();
			assertThat(condition.problem()).contains("settle", "413");
		});
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenSeveralPayersAreRefusedAtSettleThenNothingIsVerifiedThatCouldNotBeSettled() throws Exception {
		settle(returning(OK));
		for (int payer = 0; payer < 3; payer++) {
			this.facilitator.settle(key(payer, 0), returning(response(404)));
		}
		assertThat(this.facilitator.condition("it").usable()).isFalse();
		assertRefused(() -> verify(returning(OK)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 400, 403, 404, 408, 500 })
	void whenNobodyElsePaysThenPaymentsOfOnePayerDoNotCloseTheShop(int status) throws Exception {
		settleOfOnePayer(status, 0, 6);
		assertUsable();
		settle(returning(OK));
		advance(Duration.ofMinutes(10));
		settleOfOnePayer(status, 0, 6);
		assertUsable();
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 400, 403, 404, 408, 500 })
	void whenPaymentsOfASecondPayerFailInAQuietShopThenNoFurtherPaymentIsTaken(int status) throws Exception {
		settle(returning(OK));
		advance(Duration.ofMinutes(10));
		settleOfOnePayer(status, 0, 2);
		this.facilitator.settle(key(1, 0), returning(response(status)));
		assertClosed();
	}

	@Test
	void whenASettlementGetsNoAnswerThenPaymentsOfOnePayerSuffice() throws Exception {
		failSettlements(1);
		settleOfOnePayer(500, 1, 3);
		assertClosed();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenItIsHalfOpenThenOnlyAPayerWhosePaymentsHaveNotFailedOpensItAgain(boolean quiet) throws Exception {
		settle(returning(OK));
		if (quiet) {
			advance(Duration.ofMinutes(10));
		}
		settleThrice(500);
		advance(Duration.ofSeconds(10));
		for (int nonce = 0; nonce < 6; nonce++) {
			settleOfOnePayer(500, nonce, nonce + 1);
			assertUsable();
			advance(Duration.ofSeconds(1));
		}
		this.facilitator.settle(key(3, 0), returning(response(500)));
		assertClosed();
	}

	@Test
	void whenAPaymentInDoubtIsTriedAgainThenItNeverCountsAgain() throws Exception {
		settleThrice(500);
		for (int payer = 3; payer < 10; payer++) {
			advance(Duration.ofSeconds(10));
			this.facilitator.settle(key(payer, 0), returning(response(500)));
			assertClosed();
			advance(Duration.ofSeconds(10));
			this.facilitator.settle(key(payer, 0), returning(response(500)));
			assertUsable();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 500 })
	void whenPaymentsDoNotShowTheirPayersThenThoseThatTheFacilitatorNamedCount(int status) throws Exception {
		settle(returning(OK));
		for (int nonce = 0; nonce < 6; nonce++) {
			settleWithoutPayer(nonce, "one", status);
		}
		assertUsable();
		settleWithoutPayer(6, "another", status);
		settleWithoutPayer(7, "third", status);
		assertClosed();
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 500 })
	void whenPayersAreNotKnownThenEachPaymentCountsOnce(int status) throws Exception {
		settle(returning(OK));
		for (int i = 0; i < 6; i++) {
			settleWithoutPayer(0, null, status);
		}
		assertUsable();
		settleWithoutPayer(1, null, status);
		settleWithoutPayer(2, null, status);
		assertClosed();
	}

	private void settleWithoutPayer(int nonce, @Nullable String named, int status) throws NoResponseException {
		AuthorizationKey payment = new AuthorizationKey("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "mint", "",
				"nonce " + nonce);
		this.facilitator.verify(payment, returning(new FacilitatorResponse(HttpStatusCode.valueOf(200), new byte[0],
				new VerifyResponse(true, null, null, named), null)));
		this.facilitator.settle(payment, returning(response(status)));
	}

	@Test
	void whenAnswerProvesNothingThenFailuresBeforeItCountFurther() throws Exception {
		assertNoAnswer(() -> verify(failing()));
		assertNoAnswer(() -> verify(failing()));
		verify(returning(response(500)));
		assertNoAnswer(() -> verify(failing()));
		assertRefused(() -> verify(returning(OK)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 408, 500, 501, 520 })
	void whenOutcomesOfSettlementsOfSeveralPayersAreUnknownThenNoFurtherPaymentIsTaken(int status) throws Exception {
		settle(returning(OK));
		for (int payer = 0; payer < 3; payer++) {
			this.facilitator.settle(key(payer, 0), returning(response(status)));
		}
		assertThat(this.facilitator.condition("it").usable()).isFalse();
		assertRefused(() -> verify(returning(OK)));
		assertRefused(() -> settle(returning(OK)));
		advance(Duration.ofSeconds(10));
		settle(returning(OK));
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenOutcomesOfOnePayerAreUnknownWhileOthersAreAnsweredThenNobodyElseSuffers() throws Exception {
		settle(returning(OK));
		for (int nonce = 0; nonce < 6; nonce++) {
			this.facilitator.settle(key(1, nonce), returning(response(500)));
		}
		assertThat(this.facilitator.condition("it")).satisfies((condition) -> {
			assertThat(condition.usable()).isTrue();
			assertThat(condition.problem()).contains("settle", "500");
		});
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenItIsHalfOpenThenOneSettlementTriesAndFewPaymentsAreVerifiedForIt() throws Exception {
		failSettlements(3);
		advance(Duration.ofSeconds(10));
		verify(returning(OK));
		assertRefused(() -> verify(returning(OK)));
		advance(Duration.ofSeconds(1));
		verify(returning(OK));
		settle(() -> {
			advance(Duration.ofSeconds(2));
			assertRefused(() -> verify(returning(OK)));
			assertRefused(() -> settle(returning(OK)));
			return OK;
		});
		verify(returning(OK));
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenItIsHalfOpenThenAPaymentThatIsNotValidTakesNobodysPlace() throws Exception {
		failSettlements(3);
		advance(Duration.ofSeconds(10));
		verify(returning(message(200)));
		verify(returning(response(500)));
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenAVerificationTriesThenNoOtherOneIsMade() throws Exception {
		for (int i = 0; i < 3; i++) {
			assertNoAnswer(() -> verify(failing()));
		}
		advance(Duration.ofSeconds(10));
		verify(() -> {
			assertRefused(() -> verify(returning(OK)));
			return OK;
		});
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	private FacilitatorResponse verify(ResilientCalls.Call call) throws NoResponseException {
		return this.facilitator.verify(key(0, 0), call);
	}

	private FacilitatorResponse settle(ResilientCalls.Call call) throws NoResponseException {
		return this.facilitator.settle(key(0, 0), call);
	}

	private static AuthorizationKey key(int payer, int nonce) {
		return new AuthorizationKey("eip155:84532", "0x01", "payer " + payer, "nonce " + nonce);
	}

	private void failSettlements(int count) {
		for (int i = 0; i < count; i++) {
			assertNoAnswer(() -> settle(failing()));
		}
	}

	private void settleThrice(int status) throws NoResponseException {
		for (int payer = 0; payer < 3; payer++) {
			this.facilitator.settle(key(payer, 0), returning(response(status)));
		}
	}

	private void settleOfOnePayer(int status, int from, int to) throws NoResponseException {
		for (int nonce = from; nonce < to; nonce++) {
			this.facilitator.settle(key(0, nonce), returning(response(status)));
		}
	}

	private void assertUsable() throws NoResponseException {
		assertThat(this.facilitator.condition("it").usable()).isTrue();
		assertThat(verify(returning(OK))).isSameAs(OK);
	}

	private void assertClosed() {
		assertThat(this.facilitator.condition("it").usable()).isFalse();
		assertRefused(() -> verify(returning(OK)));
	}

	private ResilientCalls.Call returning(FacilitatorResponse response) {
		return () -> {
			this.calls.incrementAndGet();
			return response;
		};
	}

	private ResilientCalls.Call failing() {
		return () -> {
			this.calls.incrementAndGet();
			throw new NoResponseException("connection reset", false);
		};
	}

	private static void assertRefused(ResilientCalls.Call call) {
		assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(call::make)
			.satisfies((ex) -> assertThat(ex.isNeverSent()).isTrue());
	}

	private static void assertNoAnswer(ResilientCalls.Call call) {
		assertThatExceptionOfType(NoResponseException.class).isThrownBy(call::make).withMessage("connection reset");
	}

	private static FacilitatorResponse response(int status) {
		return new FacilitatorResponse(HttpStatusCode.valueOf(status), new byte[0], null);
	}

	private static FacilitatorResponse valid() {
		return new FacilitatorResponse(HttpStatusCode.valueOf(200), new byte[0],
				new VerifyResponse(true, null, null, null), null);
	}

	private static FacilitatorResponse message(int status) {
		return new FacilitatorResponse(HttpStatusCode.valueOf(status), new byte[0],
				SettlementResponse.failure("kyt_risk_detected", FacilitatorRequests.NETWORK, null), null);
	}

	private void advance(Duration duration) {
		this.nanoTime.addAndGet(duration.toNanos());
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
