/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a buyer is answered in every situation, whether money moves, and what becomes of
 * the payment.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractPaymentOutcomeTests {

	private Edge shop;

	private Behaviour behaviour;

	/** What a client gets whose request a policy fails for. */
	private final int statusOfFailedPolicy;

	AbstractPaymentOutcomeTests(int statusOfFailedPolicy) {
		this.statusOfFailedPolicy = statusOfFailedPolicy;
	}

	/**
	 * Open a shop with {@link OutcomeConfiguration} and the policies of {@code X-Policy}.
	 */
	protected abstract Edge open(String... properties);

	@BeforeAll
	void openShop() {
		this.shop = open("x402.settlement.max-repeat-wait=50ms");
		this.behaviour = this.shop.bean(Behaviour.class);
	}

	@AfterAll
	void closeShop() {
		this.shop.close();
	}

	@BeforeEach
	void reset() {
		this.behaviour.reset();
	}

	@Test
	void whenThereIsNoPaymentThenOffersAreMadeInBothVersions() throws IOException {
		WireResponse response = this.shop.get("/goods");
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.header("Cache-Control")).isEqualTo("no-store");
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertThat(response.json().path("x402Version").asInt()).isEqualTo(1);
		assertThat(response.json().at("/accepts/0/network").asString()).isEqualTo("base-sepolia");
		assertThat(response.json().path("code").asString()).isEqualTo("payment_required");
		assertNothingHappened();
	}

	@ParameterizedTest
	@EnumSource
	void whenPaidThenServedWithAReceiptOfTheBuyersVersion(ProtocolVersion version) throws IOException {
		Payment payment = sign("/goods", version);
		WireResponse response = this.shop.pay("/goods", payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).isEqualTo("goods");
		SettlementResponse receipt = this.shop.buyer().receipt(response.header(version.receiptHeader()));
		assertThat(receipt.success()).isTrue();
		assertThat(receipt.network()).isEqualTo((version == ProtocolVersion.V1) ? "base-sepolia" : "eip155:84532");
		assertThat(receipt.payer()).isEqualTo(this.shop.buyer().address());
		for (ProtocolVersion other : ProtocolVersion.values()) {
			assertThat(response.headers(other.receiptHeader())).hasSize((other == version) ? 1 : 0);
		}
		assertThat(response.headers("PAYMENT-REQUIRED")).isEmpty();
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@ParameterizedTest
	@CsvSource({ "PAYMENT-SIGNATURE: !", "PAYMENT-SIGNATURE: ", "PAYMENT-SIGNATURE: e30=",
			"PAYMENT-SIGNATURE: bnVsbA==", "X-PAYMENT: !", "X-PAYMENT: e30=", "X-PAYMENT: W10=" })
	void whenThePaymentIsMalformedThenOffersAreMadeAgain(String line) throws IOException {
		WireResponse response = this.shop.get("/goods", line);
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertThat(response.json().path("code").asString()).isEqualTo("malformed_payment");
		assertThat(response.json().at("/accepts/0/scheme").asString()).isEqualTo("exact");
		assertNothingHappened();
	}

	@Test
	void whenThePaymentIsMalformedThenTheStatusCanBeConfigured() throws IOException {
		try (Edge strict = open("x402.malformed-payment-status=400")) {
			WireResponse malformed = strict.get("/goods", "PAYMENT-SIGNATURE: !");
			assertThat(malformed.status()).isEqualTo(400);
			assertThat(malformed.json().path("code").asString()).isEqualTo("malformed_payment");
			assertThat(malformed.header("PAYMENT-REQUIRED")).isNotEmpty();
			WireResponse large = strict.get("/goods", "PAYMENT-SIGNATURE: " + "AAAA".repeat(5000));
			assertThat(large.status()).isEqualTo(400);
			assertThat(large.json().path("code").asString()).isEqualTo("payment_header_too_large");
			assertThat(strict.get("/goods").status()).isEqualTo(402);
		}
	}

	@Test
	void whenAPaymentComesInTheHeaderOfAnotherVersionThenItIsRefused() throws IOException {
		String v2 = sign("/goods", ProtocolVersion.V2).value();
		assertRefused(this.shop.get("/goods", "X-PAYMENT: " + v2), 402, "invalid_x402_version");
		assertNothingHappened();
	}

	@Test
	void whenThereAreTwoPaymentsThenNoneIsTaken() throws IOException {
		Payment first = sign("/goods", ProtocolVersion.V2);
		Payment second = sign("/goods", ProtocolVersion.V2);
		Payment v1 = sign("/goods", ProtocolVersion.V1);
		assertRefused(this.shop.get("/goods", first.headerLine(), second.headerLine()), 400, "ambiguous_payment");
		assertRefused(this.shop.get("/goods", first.headerLine(), first.headerLine()), 400, "ambiguous_payment");
		assertRefused(this.shop.get("/goods", first.headerLine(), v1.headerLine()), 400, "ambiguous_payment");
		assertNothingHappened();
	}

	@Test
	void whenOnePaymentIsSentInTheHeadersOfBothVersionsThenItIsOfTheNewerOne() throws IOException {
		Payment payment = sign("/goods", ProtocolVersion.V2);
		String v1 = this.shop.buyer()
			.encode(new PaymentPayload.V1(1, "exact", "base-sepolia", payment.authorization().toMap()));
		WireResponse response = this.shop.get("/goods", payment.headerLine(), "X-PAYMENT: " + v1);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.header("X-PAYMENT-RESPONSE")).isEmpty();
	}

	@Test
	void whenTheHeaderOfTheOlderVersionHoldsNoOtherPaymentThenTheNewerOneIsTaken() throws IOException {
		for (String older : new String[] { null, "e30=", "not base64" }) {
			Payment payment = sign("/goods", ProtocolVersion.V2);
			WireResponse response = this.shop.get("/goods", payment.headerLine(),
					"X-PAYMENT: " + ((older != null) ? older : payment.value()));
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
			assertThat(response.header("X-PAYMENT-RESPONSE")).isEmpty();
		}
		Payment other = sign("/goods", ProtocolVersion.V2);
		assertRefused(
				this.shop.get("/goods", sign("/goods", ProtocolVersion.V2).headerLine(), "X-PAYMENT: " + other.value()),
				400, "ambiguous_payment");
	}

	@Test
	void whenNoOfferFitsThenOffersAreMadeAgain() throws IOException {
		Payment payment = sign("/dear", ProtocolVersion.V2);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRefused(response, 402, "requirements_mismatch");
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertRefused(this.shop.pay("/goods", sign("/dear", ProtocolVersion.V1)), 402, "requirements_mismatch");
		assertNothingHappened();
	}

	@ParameterizedTest
	@CsvSource({ "to, invalid_exact_evm_recipient_mismatch",
			"value, invalid_exact_evm_payload_authorization_value_mismatch",
			"validAfter, invalid_exact_evm_payload_authorization_valid_after",
			"validBefore, invalid_exact_evm_payload_authorization_valid_before",
			"long, authorization_validity_too_long", "shape, unsupported_payload_type" })
	void whenALocalCheckFailsThenTheFacilitatorIsNotAsked(String member, String code) throws IOException {
		PaymentRequirements offer = this.shop.offer("/goods");
		long now = Instant.now().getEpochSecond();
		EvmPayload.Eip3009 good = new Eip3009Signer("11".repeat(32)).sign(offer, Instant.now());
		Map<String, Object> payload = new HashMap<>(good.toMap());
		Map<String, Object> authorization = new HashMap<>(asMap(payload.get("authorization")));
		payload.put("authorization", authorization);
		switch (member) {
			case "to" -> authorization.put(member, "0x" + "22".repeat(20));
			case "value" -> authorization.put(member, good.value().subtract(BigInteger.ONE).toString());
			case "validAfter" -> authorization.put(member, Long.toString(now + 60));
			case "validBefore" -> authorization.put(member, Long.toString(now + 1));
			case "long" -> authorization.put("validBefore", Long.toString(now + 90_000));
			default -> payload.remove("authorization");
		}
		String header = this.shop.buyer()
			.encode(Map.of("x402Version", 2, "accepted", this.shop.buyer().json(offer), "payload", payload));
		assertRefused(this.shop.get("/goods", "PAYMENT-SIGNATURE: " + header), 402, code);
		assertNothingHappened();
	}

	/**
	 * The payer may be a contract wallet, whose signatures can have 65 bytes as well.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "nonce", "from", "signature" })
	void whenSomebodyElseSignedThenTheFacilitatorDecides(String member) throws IOException {
		this.behaviour.verify = new Invalid(ReasonCode.INVALID_SIGNATURE, "invalid_exact_evm_signature");
		PaymentRequirements offer = this.shop.offer("/goods");
		Map<String, Object> payload = new HashMap<>(
				new Eip3009Signer("11".repeat(32)).sign(offer, Instant.now()).toMap());
		Map<String, Object> authorization = new HashMap<>(asMap(payload.get("authorization")));
		payload.put("authorization", authorization);
		switch (member) {
			case "nonce" -> authorization.put(member, "0x" + "00".repeat(32));
			case "from" -> authorization.put(member, "0x" + "22".repeat(20));
			default -> payload.put(member, "0x" + "11".repeat(64) + "1b");
		}
		String header = this.shop.buyer()
			.encode(Map.of("x402Version", 2, "accepted", this.shop.buyer().json(offer), "payload", payload));
		assertRefused(this.shop.get("/goods", "PAYMENT-SIGNATURE: " + header), 402, "invalid_exact_evm_signature");
	}

	@Test
	void whenAContractWalletSignsWith65BytesThenItPays() throws IOException {
		PaymentRequirements offer = this.shop.offer("/goods");
		Map<String, Object> payload = new HashMap<>(
				new Eip3009Signer("11".repeat(32)).sign(offer, Instant.now()).toMap());
		Map<String, Object> authorization = new HashMap<>(asMap(payload.get("authorization")));
		authorization.put("from", "0x1271127112711271127112711271127112711271");
		payload.put("authorization", authorization);
		String header = this.shop.buyer()
			.encode(Map.of("x402Version", 2, "accepted", this.shop.buyer().json(offer), "payload", payload));
		assertThat(this.shop.get("/goods", "PAYMENT-SIGNATURE: " + header).status()).isEqualTo(200);
	}

	@Test
	void whenTimesOfAPaymentAreJsonNumbersThenItIsTaken() throws Exception {
		PaymentRequirements offer = this.shop.offer("/goods");
		Map<String, Object> payload = new HashMap<>(
				new Eip3009Signer("11".repeat(32)).sign(offer, Instant.now()).toMap());
		Map<String, Object> authorization = new HashMap<>(asMap(payload.get("authorization")));
		for (String time : List.of("validAfter", "validBefore")) {
			authorization.put(time, Long.valueOf((String) authorization.get(time)));
		}
		payload.put("authorization", authorization);
		String header = this.shop.buyer()
			.encode(Map.of("x402Version", 2, "accepted", this.shop.buyer().json(offer), "payload", payload));
		assertThat(this.shop.get("/goods", "PAYMENT-SIGNATURE: " + header).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheFacilitatorFindsItInvalidThenItsReasonIsPassedOn(ProtocolVersion version) throws Exception {
		this.behaviour.verify = new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "invalid_exact_evm_insufficient_balance");
		Payment payment = sign("/goods", version);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRefused(response, 402, "insufficient_funds");
		assertThat(response.json().path("error").asString()).isEqualTo("invalid_exact_evm_insufficient_balance");
		assertThat(response.json().path("payer").asString()).isEqualTo(this.shop.buyer().address());
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
		this.behaviour.reset();
		WireResponse copy = this.shop.pay("/goods", payment);
		assertRefused(copy, 402, "payment_rejected");
		assertThat(copy.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertThat(this.behaviour.settlements).hasValue(0);
	}

	@Test
	void whenTheAllowanceIsMissingThenItIsAPrecondition() throws Exception {
		this.behaviour.verify = new Invalid(ReasonCode.ALLOWANCE_REQUIRED);
		Payment payment = sign("/goods", ProtocolVersion.V2);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRefused(response, 412, "permit2_allowance_required");
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
		assertThat(this.shop.claim(payment)).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheFacilitatorIsDownAtVerifyThenTheSamePaymentWorksLater(ProtocolVersion version) throws Exception {
		this.behaviour.verify = new Unavailable("down");
		Payment payment = sign("/goods", version);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRetryable(response, "facilitator_unavailable");
		assertThat(this.shop.claim(payment)).isNull();
		this.behaviour.reset();
		assertThat(this.shop.pay("/goods", payment).status()).isEqualTo(200);
	}

	@Test
	void whenTheFacilitatorIsDownAtSettleThenTheSamePaymentWorksLater() throws Exception {
		this.behaviour.settle = new NotExecuted("connection refused");
		Payment payment = sign("/goods", ProtocolVersion.V2);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRetryable(response, "facilitator_unavailable");
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.EXECUTED);
		int runs = this.behaviour.runs.get();
		this.behaviour.settle = Behaviour.DEFAULT;
		WireResponse again = this.shop.pay("/goods", payment);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.bodyText()).isEqualTo("goods");
		assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(this.behaviour.runs).hasValue(runs);
	}

	@Test
	void whenTheFacilitatorThrowsThenNothingIsServed() throws Exception {
		this.behaviour.verify = null;
		Payment payment = sign("/goods", ProtocolVersion.V2);
		assertRetryable(this.shop.pay("/goods", payment), "facilitator_unavailable");
		this.behaviour.reset();
		this.behaviour.settle = null;
		assertRetryable(this.shop.pay("/goods", payment), "settlement_pending");
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.PENDING);
	}

	@ParameterizedTest
	@EnumSource(names = { "CLAIMED", "VERIFIED", "SETTLING" })
	void whenTheStoreIsDownThenNothingIsServedAndNothingCharged(ClaimState state) throws IOException {
		this.shop.bean(FragileStore.class).broken = state;
		WireResponse response = this.shop.pay("/goods", sign("/goods", ProtocolVersion.V2));
		assertRetryable(response, "payment_store_unavailable");
		assertThat(this.behaviour.settlements).hasValue(0);
		assertThat(this.behaviour.verifications).hasValue((state == ClaimState.CLAIMED) ? 0 : 1);
		assertThat(this.behaviour.runs).hasValue((state == ClaimState.SETTLING) ? 1 : 0);
	}

	@Test
	void whenTheOutcomeCannotBeStoredThenNothingIsServedAndNoFailureIsTold() throws IOException {
		this.shop.bean(FragileStore.class).broken = ClaimState.SETTLED;
		WireResponse response = this.shop.pay("/goods", sign("/goods", ProtocolVersion.V2));
		assertRetryable(response, "settlement_pending");
		assertThat(response.json().path("transaction").asString()).isNotEmpty();
		assertThat(response.shows("goods\r\n")).isFalse();
	}

	@Test
	void whenThePaymentIsInFlightThenItIsInProgress() throws Exception {
		this.behaviour.pause = new CountDownLatch(1);
		Payment payment = sign("/slow", ProtocolVersion.V2);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<WireResponse> first = executor.submit(() -> this.shop.pay("/slow", payment));
			assertThat(this.behaviour.started.await(2, TimeUnit.MINUTES)).isTrue();
			WireResponse second = this.shop.pay("/slow", payment);
			assertRefused(second, 409, "payment_in_progress");
			assertThat(second.header("Retry-After")).isNotEmpty();
			assertThat(second.json().path("retryable").asBoolean()).isTrue();
			this.behaviour.pause.countDown();
			assertThat(first.get().status()).isEqualTo(200);
		}
		finally {
			this.behaviour.pause.countDown();
			executor.shutdown();
		}
		assertThat(this.behaviour.runs).hasValue(1);
		assertThat(this.behaviour.settlements).hasValue(1);
	}

	@ParameterizedTest
	@CsvSource({ "/other", "/echo?a=2&b=1", "/echo?a=1", "/echo?a=1&b=1&b=1", "/goods" })
	void whenThePaymentWasUsedForAnotherRequestThenItIsBound(String target) throws IOException {
		Payment payment = sign("/echo", ProtocolVersion.V2);
		assertThat(this.shop.pay("/echo?a=1&b=1", payment).status()).isEqualTo(200);
		WireResponse other = this.shop.pay(target, payment);
		assertRefused(other, 409, "payment_already_bound");
		assertThat(other.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(other.header("Retry-After")).isEmpty();
		assertThat(this.behaviour.settlements).hasValue(1);
	}

	@Test
	void whenThePaymentWasUsedWithAnotherBodyThenItIsBound() throws IOException {
		Payment payment = sign("/echo", ProtocolVersion.V2);
		assertThat(post("/echo", payment, "first").status()).isEqualTo(200);
		assertRefused(post("/echo", payment, "other"), 409, "payment_already_bound");
		assertRefused(post("/echo", payment, ""), 409, "payment_already_bound");
		WireResponse again = post("/echo", payment, "first");
		assertThat(again.bodyText()).isEqualTo("echo first");
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(this.behaviour.runs).hasValue(1);
	}

	@Test
	void whenThePaymentWasUsedWithAnotherMethodThenItIsBound() throws IOException {
		Payment payment = sign("/echo", ProtocolVersion.V2);
		assertThat(this.shop.pay("/echo", payment).status()).isEqualTo(200);
		assertRefused(post("/echo", payment, ""), 409, "payment_already_bound");
	}

	@Test
	void whenTheQueryIsInAnotherOrderThenItIsTheSameRequest() throws IOException {
		Payment payment = sign("/echo", ProtocolVersion.V2);
		WireResponse first = this.shop.pay("/echo?a=1&b=2", payment);
		assertThat(first.status()).isEqualTo(200);
		assertThat(this.shop.pay("/echo?b=2&a=1", payment).bodyText()).isEqualTo(first.bodyText());
		assertThat(this.behaviour.runs).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenThePaymentIsRepeatedThenTheAnswerAndItsReceiptAreRepeated(ProtocolVersion version) throws IOException {
		Payment payment = sign("/goods", version);
		WireResponse first = this.shop.pay("/goods", payment);
		WireResponse again = this.shop.pay("/goods", payment);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.bodyText()).isEqualTo(first.bodyText());
		assertThat(again.header(version.receiptHeader())).isEqualTo(first.header(version.receiptHeader()));
		assertThat(first.headers("Idempotent-Replayed")).isEmpty();
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
		assertThat(again.header("Cache-Control")).contains("private");
		assertThat(this.behaviour.runs).hasValue(1);
		assertThat(this.behaviour.settlements).hasValue(1);
	}

	@Test
	void whenThePaymentIsSentInTheOtherVersionThenItIsTheSamePayment() throws IOException {
		PaymentRequirements offer = this.shop.offer("/goods");
		Payment payment = this.shop.buyer().sign(offer, ProtocolVersion.V2);
		assertThat(this.shop.pay("/goods", payment).status()).isEqualTo(200);
		String v1 = this.shop.buyer()
			.encode(Map.of("x402Version", 1, "scheme", "exact", "network", "base-sepolia", "payload",
					payment.authorization().toMap()));
		assertRefused(this.shop.get("/goods", "X-PAYMENT: " + v1), 409, "payment_already_used");
		assertThat(this.behaviour.runs).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 304, 400, 404, 422, 500, 503 })
	void whenTheHandlerFailsThenTheSamePaymentWorksLater(int status) throws Exception {
		this.behaviour.status = status;
		Payment payment = sign("/status", ProtocolVersion.V2);
		WireResponse failed = this.shop.pay("/status", payment);
		assertThat(failed.status()).isEqualTo(status);
		assertThat(failed.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.behaviour.settlements).hasValue(0);
		assertThat(this.shop.isReleased(payment)).isTrue();
		this.behaviour.status = 200;
		assertThat(this.shop.pay("/status", payment).status()).isEqualTo(200);
		assertThat(this.behaviour.settlements).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenDeclinedThenThereIsAFailureReceiptAndNoOffer(ProtocolVersion version) throws IOException {
		this.behaviour.settle = new Declined(ReasonCode.INSUFFICIENT_FUNDS,
				SettlementResponse.failure("insufficient_funds",
						(version == ProtocolVersion.V1) ? "base-sepolia" : "eip155:84532",
						this.shop.buyer().address()));
		Payment payment = sign("/goods", version);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRefused(response, 402, "insufficient_funds");
		assertThat(this.shop.buyer().receipt(response.header(version.receiptHeader())).success()).isFalse();
		assertThat(response.headers("PAYMENT-REQUIRED")).isEmpty();
		assertThat(response.json().has("accepts")).isFalse();
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
		WireResponse again = this.shop.pay("/goods", payment);
		assertRefused(again, 402, "settlement_declined");
		assertThat(this.shop.buyer().receipt(again.header(version.receiptHeader())).success()).isFalse();
		assertThat(this.behaviour.settlements).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenUnknownThenTheTransactionIsToldAndItStaysPending(ProtocolVersion version) throws IOException {
		this.behaviour.settle = new Unknown("timeout", "0x" + "cd".repeat(32));
		Payment payment = sign("/goods", version);
		WireResponse response = this.shop.pay("/goods", payment);
		assertRetryable(response, "settlement_pending");
		assertThat(response.json().path("transaction").asString()).isEqualTo("0x" + "cd".repeat(32));
		assertThat(response.headers(version.receiptHeader())).isEmpty();
		assertRetryable(this.shop.pay("/goods", payment), "settlement_pending");
		assertThat(this.behaviour.runs).hasValue(1);
		assertThat(this.behaviour.settlements).hasValue(1);
		assertThat(this.shop.claim(payment).state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenAPolicyLetsItPassThenNothingIsCharged() throws IOException {
		WireResponse free = this.shop.get("/goods", "X-Policy: free");
		assertThat(free.status()).isEqualTo(200);
		Payment payment = sign("/goods", ProtocolVersion.V2);
		WireResponse paid = this.shop.get("/goods", "X-Policy: free", payment.headerLine());
		assertThat(paid.status()).isEqualTo(200);
		assertThat(paid.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.behaviour.verifications).hasValue(0);
		assertThat(this.shop.claim(payment)).isNull();
	}

	@Test
	void whenAPolicyRefusesThenAPaymentDoesNotHelp() throws IOException {
		Payment payment = sign("/goods", ProtocolVersion.V2);
		WireResponse response = this.shop.get("/goods", "X-Policy: refuse", payment.headerLine());
		assertRefused(response, 403, "request_refused");
		assertThat(response.headers("PAYMENT-REQUIRED")).isEmpty();
		assertNothingHappened();
		assertThat(this.shop.claim(payment)).isNull();
	}

	@Test
	void whenAPolicyFailsThenNothingIsServed() throws IOException {
		assertThat(this.shop.get("/goods", "X-Policy: fail").status()).isEqualTo(this.statusOfFailedPolicy);
		assertNothingHappened();
	}

	private Payment sign(String target, ProtocolVersion version) throws IOException {
		return this.shop.buyer().sign(this.shop.offer(target), version);
	}

	private WireResponse post(String target, Payment payment, String body) throws IOException {
		try (WireExchange exchange = new WireExchange(this.shop.port())) {
			return exchange
				.send("POST", target, body.getBytes(StandardCharsets.UTF_8), payment.headerLine(),
						"Content-Type: text/plain")
				.receive();
		}
	}

	private static void assertRefused(WireResponse response, int status, String code) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.json().path("code").asString()).isEqualTo(code);
		assertThat(response.json().path("message").asString()).isNotEmpty();
		assertThat(response.header("Cache-Control")).isEqualTo("no-store");
	}

	private static void assertRetryable(WireResponse response, String code) {
		assertRefused(response, 503, code);
		assertThat(response.header("Retry-After")).isNotEmpty();
		assertThat(response.json().path("retryable").asBoolean()).isTrue();
		assertThat(response.headers("PAYMENT-REQUIRED")).isEmpty();
	}

	private void assertNothingHappened() {
		assertThat(this.behaviour.verifications).hasValue(0);
		assertThat(this.behaviour.settlements).hasValue(0);
		assertThat(this.behaviour.runs).hasValue(0);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> asMap(Object value) {
		return (Map<String, Object>) value;
	}

	/**
	 * What facilitator and handlers do, and how often they did something.
	 */
	static final class Behaviour implements Facilitator {

		/** Stands for a receipt of the payment that is settled. */
		private static final SettlementOutcome DEFAULT = new Unknown("", null);

		private final AtomicInteger verifications = new AtomicInteger();

		private final AtomicInteger settlements = new AtomicInteger();

		private final AtomicInteger runs = new AtomicInteger();

		private volatile VerificationOutcome verify;

		private volatile SettlementOutcome settle;

		private volatile int status;

		private volatile CountDownLatch started;

		private volatile CountDownLatch pause;

		private final FragileStore store;

		Behaviour(FragileStore store) {
			this.store = store;
			reset();
		}

		void reset() {
			this.verifications.set(0);
			this.settlements.set(0);
			this.runs.set(0);
			this.verify = new Valid(null);
			this.settle = DEFAULT;
			this.status = 200;
			this.started = new CountDownLatch(1);
			this.pause = new CountDownLatch(0);
			this.store.broken = null;
		}

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			this.verifications.incrementAndGet();
			if (this.verify == null) {
				throw new IllegalStateException("boom");
			}
			return this.verify;
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			this.settlements.incrementAndGet();
			if (this.settle == null) {
				throw new IllegalStateException("boom");
			}
			if (this.settle != DEFAULT) {
				return this.settle;
			}
			Map<String, Object> authorization = asMap(request.payload().payload().get("authorization"));
			return new SettlementOutcome.Settled(SettlementResponse.success((String) authorization.get("nonce"),
					request.requirements().network(), (String) authorization.get("from")));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

		void run() {
			this.runs.incrementAndGet();
			this.started.countDown();
			try {
				this.pause.await(2, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * A store that can be out of reach.
	 */
	static final class FragileStore extends DelegatingPaymentStore {

		private volatile @Nullable ClaimState broken;

		FragileStore() {
			super(new InMemoryPaymentStore(10_000, Clock.systemUTC()));
		}

		@Override
		public @Nullable Claim claim(NewClaim claim) {
			check(ClaimState.CLAIMED);
			return super.claim(claim);
		}

		@Override
		public Claim advance(Claim claim, ClaimChange change) {
			check(change.next());
			return super.advance(claim, change);
		}

		private void check(ClaimState next) {
			if (next == this.broken) {
				throw new PaymentStoreException("Out of reach");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(OutcomeController.class)
	static class OutcomeConfiguration {

		@Bean
		FragileStore fragileStore() {
			return new FragileStore();
		}

		@Bean
		Behaviour behaviour(FragileStore store) {
			return new Behaviour(store);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class OutcomeController {

		private final Behaviour behaviour;

		OutcomeController(Behaviour behaviour) {
			this.behaviour = behaviour;
		}

		@GetMapping({ "/goods", "/other", "/slow" })
		String goods() {
			this.behaviour.run();
			return "goods";
		}

		@GetMapping("/dear")
		@PaymentRequired(price = "$1")
		String dear() {
			this.behaviour.run();
			return "dear goods";
		}

		@GetMapping("/echo")
		String echo(@RequestParam Map<String, String> parameters) {
			this.behaviour.run();
			return parameters.toString();
		}

		@PostMapping("/echo")
		String echoBody(@RequestBody(required = false) String body) {
			this.behaviour.run();
			return "echo " + body;
		}

		@RequestMapping("/status")
		ResponseEntity<String> status() {
			this.behaviour.run();
			return ResponseEntity.status(this.behaviour.status).body("status");
		}

	}

}
