/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.evm.Permit2Signer;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What signatures cost that may be those of contract wallets, so that only the
 * facilitator can tell them from garbage.
 */
@ExtendWith(OutputCaptureExtension.class)
class GarbageSignatureTests {

	private static final String WALLET = "0x" + "12".repeat(20);

	private static final Invalid GARBAGE = new Invalid(ReasonCode.INVALID_SIGNATURE, "invalid_exact_evm_signature");

	private final MovingClock clock = MovingClock.standing();

	private final FacilitatorDouble facilitator = Payments.facilitator()
		.verifying((request) -> WALLET.equals(request.payer()) ? new Valid(WALLET) : GARBAGE);

	private PaymentProcessor processor = processor(new VerificationBudget(60, 60, 600));

	@Test
	void whenAThousandASecondComeThenTheFacilitatorIsAskedNoMoreThanTheBudgetAllows() {
		int number = 0;
		int before = 0;
		for (int second = 0; second < 60; second++) {
			for (int i = 0; i < 1_000; i++) {
				assertThat(refused(garbage(++number), "client " + i % 100)).isIn(ReasonCode.INVALID_SIGNATURE,
						ReasonCode.VERIFICATION_LIMIT);
			}
			int asked = this.facilitator.verifications().size();
			assertThat(asked - before).isLessThanOrEqualTo(60);
			before = asked;
			this.clock.pass(Duration.ofSeconds(1));
		}
		assertThat(before).isEqualTo(600);
		assertThat(this.processor.activeClaims()).isZero();
	}

	@Test
	void whenTheyComeAllAtOnceThenThoseThatAreAskedAboutCount() throws Exception {
		CountDownLatch answers = new CountDownLatch(1);
		this.facilitator.verifying((request) -> {
			awaitUnchecked(answers);
			return GARBAGE;
		});
		ExecutorService attackers = Executors.newFixedThreadPool(100);
		try {
			List<Future<ReasonCode>> attacks = new ArrayList<>();
			for (int i = 1; i <= 100; i++) {
				int number = i;
				attacks.add(attackers.submit(() -> refused(garbage(number), "client " + number)));
			}
			await().until(() -> attacks.stream().filter(Future::isDone).count() == 40);
			answers.countDown();
			Map<ReasonCode, Integer> reasons = new HashMap<>();
			for (Future<ReasonCode> attack : attacks) {
				reasons.merge(attack.get(10, TimeUnit.SECONDS), 1, Integer::sum);
			}
			assertThat(reasons).containsOnly(Map.entry(ReasonCode.INVALID_SIGNATURE, 60),
					Map.entry(ReasonCode.VERIFICATION_LIMIT, 40));
			assertThat(this.facilitator.verified()).isEqualTo(60);
		}
		finally {
			answers.countDown();
			attackers.shutdownNow();
		}
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "2, 1", "3, 1", "50, 25", "150, 75" })
	void whenTheFacilitatorIsSlowThenTheyUseHalfOfWhatItVerifiesAtTheSameTime(int concurrent, int verified)
			throws Exception {
		this.facilitator.making(concurrent);
		this.processor = processor(new VerificationBudget(0, 0, 0), new Eip3009SignatureCheck());
		CountDownLatch answers = new CountDownLatch(1);
		Signer key = new PrivateKeySigner("11".repeat(32));
		this.facilitator.verifying((request) -> {
			if (key.address().equals(request.payer())) {
				return new Valid(key.address());
			}
			awaitUnchecked(answers);
			return GARBAGE;
		});
		ExecutorService attackers = Executors.newFixedThreadPool(100);
		try {
			List<Future<ReasonCode>> attacks = new ArrayList<>();
			for (int i = 1; i <= 100; i++) {
				PaymentPayload junk = (i % 10 == 0) ? wallet(i) : garbage(i);
				String client = "client " + i;
				attacks.add(attackers.submit(() -> refused(junk, client)));
			}
			await().until(() -> this.facilitator.verified() == verified
					&& attacks.stream().filter(Future::isDone).count() == 100 - verified);
			assertThat(process(account(key), "buyer")).isInstanceOf(Accepted.class);
			answers.countDown();
			Map<ReasonCode, Integer> reasons = new HashMap<>();
			for (Future<ReasonCode> attack : attacks) {
				reasons.merge(attack.get(10, TimeUnit.SECONDS), 1, Integer::sum);
			}
			assertThat(reasons).containsEntry(ReasonCode.INVALID_SIGNATURE, verified);
			assertThat(reasons.getOrDefault(ReasonCode.VERIFICATION_LIMIT, 0)).isEqualTo(100 - verified);
			assertThat(refused(garbage(101), "client")).as("the facilitator has responded")
				.isEqualTo(ReasonCode.INVALID_SIGNATURE);
		}
		finally {
			answers.countDown();
			attackers.shutdownNow();
		}
	}

	@Test
	void whenTheFacilitatorThrowsThenItsCallsAreFreeAgain(CapturedOutput output) {
		this.facilitator.making(2).verifying((request) -> {
			throw new IllegalStateException("Out of order");
		});
		this.processor = processor(new VerificationBudget(0, 0, 0));
		for (int i = 1; i <= 3; i++) {
			assertThat(refused(garbage(i), "client")).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		}
		assertThat(output).doesNotContain("whose signature only it can check");
	}

	@Test
	void whenTheirHalfIsUsedUpThenTheLogTellsOnce(CapturedOutput output) throws Exception {
		CountDownLatch answers = new CountDownLatch(1);
		this.facilitator.making(5).verifying((request) -> {
			awaitUnchecked(answers);
			return GARBAGE;
		});
		this.processor = processor(new VerificationBudget(0, 0, 0));
		ExecutorService attackers = Executors.newFixedThreadPool(2);
		try {
			attackers.submit(() -> refused(garbage(1), "client 1"));
			attackers.submit(() -> refused(garbage(2), "client 2"));
			await().until(() -> this.facilitator.verified() == 2);
			for (int i = 3; i <= 5; i++) {
				assertThat(refused(garbage(i), "client " + i)).isEqualTo(ReasonCode.VERIFICATION_LIMIT);
			}
		}
		finally {
			answers.countDown();
			attackers.shutdownNow();
		}
		assertThat(output)
			.containsOnlyOnce("The facilitator is verifying 2 payments whose signature only it can check, half of what "
					+ "x402.facilitator.limits allows");
	}

	@Test
	void whenTheFacilitatorFailsThenWhatItWasAskedDoesNotCount() {
		this.facilitator.verifying(() -> new Unavailable("down"));
		for (int i = 1; i <= 100; i++) {
			assertThat(refused(garbage(i), "client")).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		}
	}

	@Test
	void whenOneClientSendsThemThenWalletsOfOtherClientsAreStillVerified() {
		this.processor = processor(new VerificationBudget(60, 30, 600));
		for (int i = 1; i <= 1_000; i++) {
			refused(garbage(i), "attacker");
			if (i % 50 == 0) {
				this.clock.pass(Duration.ofSeconds(1));
			}
		}
		assertThat(this.facilitator.verified()).isEqualTo(30);
		assertThat(refused(wallet(1), "attacker")).isEqualTo(ReasonCode.VERIFICATION_LIMIT);
		assertThat(process(wallet(1), "buyer")).isInstanceOf(Accepted.class);
		this.clock.pass(Duration.ofMinutes(1));
		assertThat(process(wallet(2), "attacker")).isInstanceOf(Accepted.class);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAllClientsAreOneThenPaymentsThatTheirPayersOwnKeyHasSignedAreTaken(boolean permit2,
			CapturedOutput output) {
		Signer key = new PrivateKeySigner("11".repeat(32));
		PaymentRequirements offer = permit2 ? Payments.offer(Map.of("name", "USDC", "version", "2",
				PaymentRequirements.ASSET_TRANSFER_METHOD, PaymentRequirements.PERMIT2)) : Payments.OFFER;
		this.processor = processor(new VerificationBudget(60, 30, 600), new Eip3009SignatureCheck(),
				new Permit2SignatureCheck());
		this.facilitator.verifying((request) -> List.of(WALLET, key.address()).contains(request.payer())
				? new Valid(request.payer()) : GARBAGE);
		((Accepted) process(wallet(1), "proxy")).exchange().abandon(Abandonment.NOT_RUN);
		for (int i = 1; i <= 40; i++) {
			assertThat(refused(garbage(i), "proxy"))
				.isEqualTo((i <= 30) ? ReasonCode.INVALID_SIGNATURE : ReasonCode.VERIFICATION_LIMIT);
		}
		for (int i = 1; i <= 5; i++) {
			Instant end = Instant.now().plusSeconds(60);
			Map<String, Object> signed = permit2 ? new Permit2Signer(key).sign(offer, end)
					: new Eip3009Signer(key).sign(offer, Instant.EPOCH, end).toMap();
			PaymentDecision decision = this.processor.process(Payments.offers(offer), Payments.payment(offer, signed),
					Payments.request("request").of("proxy"));
			assertThat(decision).isInstanceOf(Accepted.class);
		}
		assertThat(process(wallet(2), "proxy")).as("a wallet that has paid").isInstanceOf(Accepted.class);
		assertThat(refused(payment("0x" + "34".repeat(20), 1, 130), "proxy")).as("a new wallet")
			.isEqualTo(ReasonCode.VERIFICATION_LIMIT);
		assertThat(output).containsOnlyOnce("x402.validation.max-invalid-per-client (30)")
			.containsOnlyOnce("server.forward-headers-strategy");
	}

	@Test
	void whenAMinuteHasPassedThenTheLogTellsAgain(CapturedOutput output) {
		this.processor = processor(new VerificationBudget(60, 1, 600));
		for (int minute = 1; minute <= 2; minute++) {
			for (int i = 1; i <= 3; i++) {
				refused(garbage(10 * minute + i), "proxy");
			}
			this.clock.pass(Duration.ofMinutes(1));
		}
		assertThat(output.toString().split("max-invalid-per-client", -1)).hasSize(3);
	}

	@Test
	void whenAWalletHasPaidThenItsClientMaySendTenTimesAsMany() {
		this.processor = processor(new VerificationBudget(0, 5, 0));
		((Accepted) process(wallet(1), "buyer")).exchange().abandon(Abandonment.NOT_RUN);
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		int asked = this.facilitator.verified();
		for (int i = 2; i <= 100; i++) {
			refused(wallet(i), "buyer");
		}
		assertThat(this.facilitator.verified() - asked).isEqualTo(50);
	}

	@Test
	void whenTheSameOneComesAgainThenTheFacilitatorIsNotAskedAgainForAMinute() {
		for (int i = 1; i <= 100; i++) {
			assertThat(((Refused) process(garbage(1), "client " + i)).refusal())
				.returns(ReasonCode.INVALID_SIGNATURE, PaymentRefusal::reason)
				.returns(GARBAGE.reason(), PaymentRefusal::error);
		}
		assertThat(this.facilitator.verified()).isOne();
		this.clock.pass(Duration.ofMinutes(1));
		assertThat(refused(garbage(1), "client")).isEqualTo(ReasonCode.INVALID_SIGNATURE);
		assertThat(this.facilitator.verified()).isEqualTo(2);
	}

	@Test
	void whenTheSameAuthorizationComesWithAnotherSignatureThenTheFacilitatorIsAsked() {
		this.facilitator.verifying((request) -> isLong(request) ? new Valid(WALLET) : GARBAGE);
		assertThat(refused(payment(WALLET, 1, 65), "client")).isEqualTo(ReasonCode.INVALID_SIGNATURE);
		assertThat(process(payment(WALLET, 1, 130), "client")).isInstanceOf(Accepted.class);
	}

	@Test
	void whenAWalletLacksSomethingElseThenItIsAskedAboutAgain() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(refused(wallet(1), "buyer")).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		this.facilitator.verifying((request) -> new Valid(WALLET));
		assertThat(process(wallet(1), "buyer")).isInstanceOf(Accepted.class);
	}

	@Test
	void whenUpfrontPaymentsAreSettledAtOnceThenTheSameBudgetHolds() {
		this.facilitator.settling(GarbageSignatureTests::settle);
		this.processor = settlingAtOnce(new VerificationBudget(60, 30, 40));
		Signer key = new PrivateKeySigner("11".repeat(32));
		assertThat(upfront(wallet(1), "proxy")).isInstanceOf(Accepted.class);
		for (int i = 1; i <= 100; i++) {
			Refused refused = (Refused) upfront(garbage(i), "client " + i / 50);
			assertThat(refused.refusal().reason()).isIn(ReasonCode.INVALID_SIGNATURE, ReasonCode.VERIFICATION_LIMIT);
			this.clock.pass(Duration.ofMillis(500));
		}
		assertThat(this.facilitator.settled()).isEqualTo(1 + 40);
		assertThat(this.facilitator.verified()).isZero();
		assertThat(upfront(account(key), "client 1")).as("signed by the payer's own key").isInstanceOf(Accepted.class);
		assertThat(upfront(wallet(2), "client 1")).as("a wallet that has paid").isInstanceOf(Accepted.class);
		assertThat(((Refused) upfront(garbage(101), "client 2")).refusal().reason())
			.isEqualTo(ReasonCode.VERIFICATION_LIMIT);
		assertThat(this.processor.activeClaims()).as("those that were accepted").isEqualTo(3);
	}

	/**
	 * Those that were found invalid are at the budget, and those that were not found to
	 * be anything are not.
	 */
	@Test
	void whenTheFacilitatorDoesNotSettleThenThatCountsForNobody() {
		this.facilitator.settling(() -> new SettlementOutcome.NotExecuted("down"));
		this.processor = settlingAtOnce(new VerificationBudget(1, 1, 1));
		for (int i = 1; i <= 10; i++) {
			assertThat(((Refused) upfront(garbage(i), "client")).refusal().reason())
				.isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		}
		assertThat(this.facilitator.settled()).isEqualTo(10);
	}

	@Test
	void whenSettlementsAtOnceAreSlowThenTheyUseHalfOfWhatIsVerifiedAtTheSameTime() throws Exception {
		CountDownLatch answers = new CountDownLatch(1);
		Signer key = new PrivateKeySigner("11".repeat(32));
		this.facilitator.making(10).settling((request) -> {
			if (!key.address().equals(request.payer())) {
				awaitUnchecked(answers);
			}
			return settle(request);
		});
		this.processor = settlingAtOnce(new VerificationBudget(0, 0, 0));
		ExecutorService attackers = Executors.newFixedThreadPool(20);
		try {
			List<Future<PaymentDecision>> attacks = new ArrayList<>();
			for (int i = 1; i <= 20; i++) {
				int number = i;
				attacks.add(attackers.submit(() -> upfront(garbage(number), "client " + number)));
			}
			await()
				.until(() -> this.facilitator.settled() == 5 && attacks.stream().filter(Future::isDone).count() == 15);
			assertThat(upfront(account(key), "buyer")).isInstanceOf(Accepted.class);
			answers.countDown();
			for (Future<PaymentDecision> attack : attacks) {
				assertThat(((Refused) attack.get(10, TimeUnit.SECONDS)).refusal().reason())
					.isIn(ReasonCode.INVALID_SIGNATURE, ReasonCode.VERIFICATION_LIMIT);
			}
			assertThat(this.facilitator.settled()).isEqualTo(6);
			upfront(garbage(21), "client");
			assertThat(this.facilitator.settled()).as("the facilitator has responded").isEqualTo(7);
		}
		finally {
			answers.countDown();
			attackers.shutdownNow();
		}
	}

	private static SettlementOutcome settle(FacilitatorRequest request) {
		boolean garbage = request.payer() == null || request.payer().startsWith("0x0000");
		return garbage
				? new SettlementOutcome.Declined(ReasonCode.INVALID_SIGNATURE,
						SettlementResponse.failure(GARBAGE.reason(), Payments.NETWORK, request.payer()))
				: new SettlementOutcome.Settled(FacilitatorDouble.receipt(request));
	}

	private PaymentProcessor settlingAtOnce(VerificationBudget budget) {
		return PaymentProcessor
			.builder(this.facilitator, Payments.store(1_000), Networks.load(),
					Payments.settings(Duration.ZERO)
						.withBudget(budget)
						.withClock(this.clock::nanos)
						.withVerifyUpfront(false),
					Clock.systemUTC())
			.checks(List.of(new Eip3009SignatureCheck()))
			.build();
	}

	private PaymentDecision upfront(PaymentPayload payment, String client) {
		PaymentRequirements offer = Payments.upfrontOffer();
		return this.processor.process(Payments.offers(offer), Payments.payment(offer, payment.payload()),
				Payments.request("request").of(client));
	}

	private PaymentProcessor processor(VerificationBudget budget, PayloadCheck... checks) {
		return PaymentProcessor
			.builder(this.facilitator, Payments.store(), Networks.load(),
					Payments.settings(Duration.ZERO).withBudget(budget).withClock(this.clock::nanos), Clock.systemUTC())
			.checks(List.of(checks))
			.build();
	}

	private PaymentDecision process(PaymentPayload payment, String client) {
		return this.processor.process(Payments.TERMS, payment, Payments.request("request").of(client));
	}

	private ReasonCode refused(PaymentPayload payment, String client) {
		return ((Refused) process(payment, client)).refusal().reason();
	}

	private static PaymentPayload account(Signer key) {
		return Payments.payment(Payments.OFFER,
				new Eip3009Signer(key).sign(Payments.OFFER, Instant.EPOCH, Instant.now().plusSeconds(60)).toMap());
	}

	private static PaymentPayload garbage(int number) {
		return payment("0x%040x".formatted(number), number, 65);
	}

	private static PaymentPayload wallet(int number) {
		return payment(WALLET, number, 65);
	}

	private static PaymentPayload payment(String payer, int number, int bytes) {
		return Payments.payment(Payments.OFFER,
				new EvmPayload.Eip3009("0x" + "11".repeat(bytes), payer, Payments.SELLER, Payments.OFFER.amount(),
						BigInteger.ZERO, BigInteger.valueOf(4_000_000_000L), Payments.nonce(number))
					.toMap());
	}

	private static boolean isLong(FacilitatorRequest request) {
		return request.signed() instanceof EvmPayload.Eip3009 payment && payment.signature().length() > 132;
	}

	private static void awaitUnchecked(CountDownLatch latch) {
		try {
			latch.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
