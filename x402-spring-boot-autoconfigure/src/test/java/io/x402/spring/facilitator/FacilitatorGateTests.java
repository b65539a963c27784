package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FacilitatorGate}.
 */
class FacilitatorGateTests {

	private static final FacilitatorAnswer OK = answer(200);

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

	private final AtomicInteger calls = new AtomicInteger();

	private final FacilitatorGate gate = new FacilitatorGate(new FacilitatorProtection(0, 2, 3, Duration.ofSeconds(10)),
			this.nanoTime::get);

	@Test
	void whenSettlementsGetNoAnswerThenFurtherOnesAreRefusedWithoutACall() {
		failSettlements(3);
		assertRefused(() -> this.gate.settle(returning(OK)));
		assertThat(this.calls).hasValue(3);
	}

	@Test
	void whenSettlementsGetNoAnswerThenNothingIsVerifiedThatCouldNotBeSettled() {
		failSettlements(3);
		assertRefused(() -> this.gate.verify(returning(OK)));
	}

	@Test
	void whenVerificationsGetNoAnswerThenPaymentsThatAreVerifiedAreSettledAllTheSame() throws Exception {
		for (int i = 0; i < 3; i++) {
			assertNoAnswer(() -> this.gate.verify(failing()));
		}
		assertRefused(() -> this.gate.verify(returning(OK)));
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenOneCallIsAnsweredThenFailuresBeforeItDoNotCount() throws Exception {
		failSettlements(2);
		this.gate.settle(returning(OK));
		failSettlements(2);
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenPauseIsOverThenOneCallTriesForAll() throws Exception {
		failSettlements(3);
		advance(Duration.ofSeconds(10));
		assertNoAnswer(() -> this.gate.settle(() -> {
			assertRefused(() -> this.gate.settle(returning(OK)));
			assertRefused(() -> this.gate.verify(returning(OK)));
			return failing().make();
		}));
		assertRefused(() -> this.gate.settle(returning(OK)));
		advance(Duration.ofSeconds(10));
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
		assertThat(this.gate.verify(returning(OK))).isSameAs(OK);
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 429, 502, 503, 504 })
	void whenFacilitatorSaysThatItServesNobodyThenItIsLeftAlone(int status) throws Exception {
		settleThrice(status);
		assertRefused(() -> this.gate.settle(returning(OK)));
		assertThat(this.gate.condition("it").usable()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 404, 405, 407 })
	void whenFacilitatorRefusesQuicklyThenThatIsAProblemButItIsStillCalled(int status) throws Exception {
		settleThrice(status);
		assertThat(this.gate.condition("it")).satisfies((condition) -> {
			assertThat(condition.name()).isEqualTo("it");
			assertThat(condition.usable()).isFalse();
			assertThat(condition.problem()).contains("settle", Integer.toString(status));
		});
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
		assertThat(this.gate.condition("it")).isEqualTo(new FacilitatorCondition("it", true, ""));
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 412, 500 })
	void whenAnswerMayBeAboutThePaymentThenNobodyElseSuffers(int status) throws Exception {
		settleThrice(status);
		assertThat(this.gate.condition("it").usable()).isTrue();
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 429, 503 })
	void whenAnswerHoldsAMessageThenItIsAboutOnePaymentWhateverItsStatus(int status) throws Exception {
		for (int i = 0; i < 6; i++) {
			this.gate.verify(returning(message(status)));
			this.gate.settle(returning(message(status)));
		}
		assertThat(this.gate.condition("it")).isEqualTo(new FacilitatorCondition("it", true, ""));
		assertThat(this.calls).hasValue(12);
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 307, 400, 402, 403, 404, 405, 413, 415, 422 })
	void whenSettlementsAreNotExecutedThenNothingIsVerifiedThatCouldNotBeSettled(int status) throws Exception {
		settleThrice(status);
		assertThat(this.gate.condition("it").usable()).isFalse();
		assertRefused(() -> this.gate.verify(returning(OK)));
		this.gate.settle(returning(OK));
		assertThat(this.gate.verify(returning(OK))).isSameAs(OK);
		assertThat(this.gate.condition("it").usable()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 413, 422, 500 })
	void whenVerifyRejectsWhatABuyerMaySendThenNobodyElseSuffers(int status) throws Exception {
		for (int i = 0; i < 6; i++) {
			this.gate.verify(returning(answer(status)));
		}
		assertThat(this.gate.condition("it").usable()).isTrue();
	}

	@Test
	void whenTooManyVerificationsAreUnderWayThenFurtherOnesAreRefusedAtOnce() throws Exception {
		this.gate.verify(() -> {
			this.gate.verify(() -> {
				assertRefused(() -> this.gate.verify(returning(OK)));
				assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
				return OK;
			});
			return OK;
		});
		assertThat(this.gate.verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenTooManySettlementsAreUnderWayThenFurtherOnesAreRefusedAtOnce() throws Exception {
		CountDownLatch under = new CountDownLatch(2);
		CountDownLatch go = new CountDownLatch(1);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			FacilitatorGate.Call slow = () -> {
				under.countDown();
				awaitQuietly(go);
				return OK;
			};
			Future<?> first = threads.submit(() -> this.gate.settle(slow));
			Future<?> second = threads.submit(() -> this.gate.settle(slow));
			assertThat(under.await(20, TimeUnit.SECONDS)).isTrue();
			assertRefused(() -> this.gate.settle(returning(OK)));
			assertRefused(() -> this.gate.verify(returning(OK)));
			assertThat(this.calls).hasValue(0);
			go.countDown();
			first.get(20, TimeUnit.SECONDS);
			second.get(20, TimeUnit.SECONDS);
		}
		finally {
			go.countDown();
			threads.shutdownNow();
		}
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
		assertThat(this.gate.verify(returning(OK))).isSameAs(OK);
	}

	@Test
	void whenCallThrowsThenItsPlaceIsFreeAgain() throws Exception {
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.gate.settle(() -> {
				throw new IllegalStateException("bug");
			}));
		}
		assertThat(this.gate.settle(returning(OK))).isSameAs(OK);
	}

	private void failSettlements(int count) {
		for (int i = 0; i < count; i++) {
			assertNoAnswer(() -> this.gate.settle(failing()));
		}
	}

	private void settleThrice(int status) throws NoAnswerException {
		for (int i = 0; i < 3; i++) {
			assertThat(this.gate.settle(returning(answer(status))).status().value()).isEqualTo(status);
		}
	}

	private FacilitatorGate.Call returning(FacilitatorAnswer answer) {
		return () -> {
			this.calls.incrementAndGet();
			return answer;
		};
	}

	private FacilitatorGate.Call failing() {
		return () -> {
			this.calls.incrementAndGet();
			throw new NoAnswerException("connection reset", false);
		};
	}

	private static void assertRefused(FacilitatorGate.Call call) {
		assertThatExceptionOfType(NotCalledException.class).isThrownBy(call::make)
			.satisfies((ex) -> assertThat(ex.isNeverSent()).isTrue());
	}

	private static void assertNoAnswer(FacilitatorGate.Call call) {
		assertThatExceptionOfType(NoAnswerException.class).isThrownBy(call::make).withMessage("connection reset");
	}

	private static FacilitatorAnswer answer(int status) {
		return new FacilitatorAnswer(HttpStatusCode.valueOf(status), new byte[0]);
	}

	private static FacilitatorAnswer message(int status) {
		return new FacilitatorAnswer(HttpStatusCode.valueOf(status), new byte[0],
				SettlementResponse.failure("kyt_risk_detected", Payments.NETWORK, null));
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
