/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The rules a facilitator has to keep, whoever calls it.
 */
class FacilitatorServerTests {

	private static final String TX = "0x" + "5a".repeat(32);

	private static final List<PayloadCheck> CHECKS = List.of(new EvmPayloadCheck(Clock.systemUTC()),
			new Eip3009SignatureCheck(), new Permit2SignatureCheck());

	private final SimulatedFacilitator money = new SimulatedFacilitator(
			List.of(new Kind(2, "exact", Sale.NETWORK, null), new Kind(1, "exact", "base-sepolia", null),
					new Kind(2, "upto", "eip155:8453", null)),
			CHECKS, BigInteger.valueOf(1_000_000));

	private final Script facilitator = new Script();

	private final FacilitatorServer server = new FacilitatorServer(this.facilitator, CHECKS, Networks.load(),
			new PaymentCodec(), List.of(Sale.PAY_TO));

	@Test
	void whenPaymentIsGoodThenItIsVerifiedAndSettled() {
		Sale sale = Sale.v2();
		assertThat(verify(sale)).isEqualTo("""
				200 {"isValid":true,"payer":"%s"}""".formatted(Sale.payer()));
		JsonNode receipt = json(this.server.settle(sale.body()));
		assertThat(receipt.propertyNames()).containsExactly("success", "payer", "transaction", "network", "amount");
		assertThat(receipt.get("success").asBoolean()).isTrue();
		assertThat(receipt.get("payer").asString()).isEqualTo(Sale.payer());
		assertThat(receipt.get("transaction").asString()).matches("0x[0-9a-f]{64}");
		assertThat(receipt.get("network").asString()).isEqualTo(Sale.NETWORK);
		assertThat(receipt.get("amount").asString()).isEqualTo("50000");
		assertThat(earned()).isEqualTo(50_000);
	}

	@ParameterizedTest
	@CsvSource({ "50000, 0x[0-9a-f]{64}", "49999, 0x[0-9a-f]{64}", "1, 0x[0-9a-f]{64}", "0, ''" })
	void whenLessThanWasSignedIsSettledThenThatMuchMoves(long amount, String transaction) {
		SimulatedFacilitator upto = upto();
		FacilitatorServer uptoServer = server(upto);
		Sale sale = Sale.upto();
		assertThat(text(uptoServer.verify(sale.body()))).startsWith("200 {\"isValid\":true");
		sale.with("/paymentRequirements/amount", "\"" + amount + "\"");
		JsonNode receipt = json(uptoServer.settle(sale.body()));
		assertThat(receipt.get("success").asBoolean()).isTrue();
		assertThat(receipt.get("amount").asString()).isEqualTo(Long.toString(amount));
		assertThat(receipt.get("transaction").asString()).matches(transaction);
		assertThat(earned(upto)).isEqualTo(amount);
		sale.with("/paymentRequirements/amount", "\"40000\"");
		assertThat(json(uptoServer.settle(sale.body())).get("amount").asString()).as("what was settled before")
			.isEqualTo(Long.toString(amount));
		assertThat(earned(upto)).isEqualTo(amount);
	}

	@Test
	void whenLessThanWasSignedIsSettledThenWhatWasSignedIsVerified() {
		SimulatedFacilitator upto = upto();
		List<BigInteger> asked = new ArrayList<>();
		Facilitator recording = new Facilitator() {

			@Override
			public VerificationOutcome verify(FacilitatorRequest request) {
				asked.add(request.requirements().amount());
				return upto.verify(request);
			}

			@Override
			public SettlementOutcome settle(FacilitatorRequest request) {
				asked.add(request.requirements().amount());
				return upto.settle(request);
			}

			@Override
			public SupportedResponse supported() {
				return upto.supported();
			}

		};
		server(recording).settle(Sale.upto().with("/paymentRequirements/amount", "\"7\"").body());
		assertThat(asked).containsExactly(BigInteger.valueOf(50_000), BigInteger.valueOf(7));
	}

	@Test
	void whenMoreThanWasSignedIsSettledThenNothingMoves() {
		SimulatedFacilitator upto = upto();
		Sale more = Sale.upto().with("/paymentRequirements/amount", "\"50001\"");
		assertThat(text(server(upto).settle(more.body()))).contains("requirements_mismatch");
		more.with("/paymentPayload/accepted/amount", "\"50001\"");
		assertThat(json(server(upto).settle(more.body())).get("success").asBoolean()).isFalse();
		assertThat(earned(upto)).isZero();
	}

	private static SimulatedFacilitator upto() {
		return new SimulatedFacilitator(List.of(new Kind(2, "upto", Sale.NETWORK, null)), CHECKS,
				BigInteger.valueOf(1_000_000));
	}

	private static FacilitatorServer server(Facilitator facilitator) {
		return new FacilitatorServer(facilitator, CHECKS, Networks.load(), new PaymentCodec(), List.of(Sale.PAY_TO));
	}

	@Test
	void whenSellerSpeaksV1ThenSoDoesTheAnswer() {
		Sale sale = Sale.v1();
		assertThat(verify(sale)).startsWith("200 {\"isValid\":true");
		assertThat(json(this.server.settle(sale.body())).get("network").asString()).isEqualTo("base-sepolia");
		assertThat(earned()).isEqualTo(50_000);
	}

	@Test
	void whenSupportedIsAskedForThenAnswerIsThatOfTheFacilitator() {
		assertThat(json(this.server.supported()).get("kinds").toString()).contains("base-sepolia", Sale.NETWORK);
		this.facilitator.down = true;
		assertThat(text(this.server.supported())).isEqualTo("503 {\"error\":\"facilitator_unavailable\"}");
		assertThat(verify(Sale.v2())).isEqualTo("503 {\"error\":\"facilitator_unavailable\"}");
		assertThat(settle(Sale.v2())).isEqualTo("503 {\"error\":\"facilitator_unavailable\"}");
	}

	/** The payment has to be for exactly what the seller asks to settle. */
	@Nested
	class RequirementsAreBound {

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				/paymentPayload/accepted/scheme | "upto" | requirements_mismatch
				/paymentPayload/accepted/network | "eip155:8453" | requirements_mismatch
				/paymentPayload/accepted/amount | "50001" | requirements_mismatch
				/paymentPayload/accepted/amount | 50001 | requirements_mismatch
				/paymentPayload/accepted/amount | "050000" | requirements_mismatch
				/paymentPayload/accepted/asset | "0x1111111111111111111111111111111111111111" | requirements_mismatch
				/paymentPayload/accepted/payTo | "0x1111111111111111111111111111111111111111" | requirements_mismatch
				/paymentPayload/accepted/payTo | | requirements_mismatch
				/paymentPayload/accepted/maxTimeoutSeconds | 61 | requirements_mismatch
				/paymentPayload/accepted/extra | {"name":"USDC"} | requirements_mismatch
				/paymentPayload/accepted/extra/version | "1" | requirements_mismatch
				/paymentRequirements/amount | "49999" | requirements_mismatch
				/paymentRequirements/payTo | "0x1111111111111111111111111111111111111111" | pay_to_not_allowed
				/paymentRequirements/payTo | "" | pay_to_not_allowed
				/paymentRequirements/network | "eip155:8453" | unsupported_scheme
				/paymentRequirements/network | "eip155:1" | invalid_network
				/paymentRequirements/scheme | "upto" | unsupported_scheme
				""")
		void whenOneThingDiffersThenNobodyIsAsked(String pointer, String json, String code) {
			assertRefused(Sale.v2().with(pointer, json), code);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				amount | "50001" | invalid_exact_evm_payload_authorization_value_mismatch
				payTo | "0x1111111111111111111111111111111111111111" | pay_to_not_allowed
				""")
		void whenBuyerSignedForAnotherOfferThenNobodyIsAsked(String member, String json, String code) {
			Sale sale = Sale.v2()
				.with("/paymentRequirements/" + member, json)
				.with("/paymentPayload/accepted/" + member, json);
			assertRefused(sale, code);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				/paymentPayload/scheme | "upto" | requirements_mismatch
				/paymentPayload/network | "base" | requirements_mismatch
				/paymentRequirements/maxAmountRequired | "50001" | \
				invalid_exact_evm_payload_authorization_value_mismatch
				/paymentRequirements/network | "base" | invalid_network
				/paymentRequirements/scheme | "upto" | unsupported_scheme
				""")
		void whenOneThingDiffersInV1ThenNobodyIsAsked(String pointer, String json, String code) {
			assertRefused(Sale.v1().with(pointer, json), code);
		}

		/** The offer of a seller of ours, and what its buyer says to accept. */
		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				{"name":"USDC","version":"2","rate":1} | {"name":"USDC","version":"2","rate":1.0}
				{"name":"USDC","version":"2","rate":1.50} | {"name":"USDC","version":"2","rate":1.5}
				{"name":"USDC","version":"2","terms":{"a":"b"}} | {"name":"USDC","version":"2","terms":{"a":"b","c":1}}
				{"name":"USDC","version":"2","list":[1,"a"]} | {"name":"USDC","version":"2","list":[1.0,"a"]}
				""")
		void whenOurSellerAcceptsAPaymentThenOurServerDoes(String offered, String accepted) {
			Sale sale = Sale.v2()
				.with("/paymentRequirements/extra", offered)
				.with("/paymentPayload/accepted/extra", accepted);
			assertThat(sale.isAcceptedBySeller()).isTrue();
			assertThat(verify(sale)).startsWith("200 {\"isValid\":true");
			assertThat(json(FacilitatorServerTests.this.server.settle(sale.body())).get("success").asBoolean())
				.isTrue();
		}

		/** A facilitator with several accounts names now this one and now that one. */
		@Test
		void whenTheOfferNamesAnotherAccountOfTheFacilitatorMeanwhileThenItIsTheSameOffer() {
			SimulatedFacilitator upto = upto();
			Sale sale = Sale.upto()
				.with("/paymentRequirements/extra/facilitatorAddress",
						"\"0x1111111111111111111111111111111111111111\"");
			assertThat(sale.isAcceptedBySeller()).isTrue();
			assertThat(text(server(upto).verify(sale.body()))).startsWith("200 {\"isValid\":true");
			assertThat(json(server(upto).settle(sale.body())).get("success").asBoolean()).isTrue();
			assertThat(earned(upto)).isEqualTo(50_000);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				{"name":"USDC","version":"2","rate":1} | {"name":"USDC","version":"2","rate":1.5}
				{"name":"USDC","version":"2","terms":{"a":"b"}} | {"name":"USDC","version":"2","terms":{"c":1}}
				{"name":"USDC","version":"2","list":[1]} | {"name":"USDC","version":"2","list":[1,2]}
				{"name":"USDC","version":"2","list":[1]} | {"name":"USDC","version":"2"}
				""")
		void whenOurSellerRefusesAPaymentThenOurServerDoes(String offered, String accepted) {
			Sale sale = Sale.v2()
				.with("/paymentRequirements/extra", offered)
				.with("/paymentPayload/accepted/extra", accepted);
			assertThat(sale.isAcceptedBySeller()).isFalse();
			assertRefused(sale, "requirements_mismatch");
		}

		@Test
		void whenBuyerAddsToExtraOrWritesAddressesInAnotherCaseThenItIsTheSameOffer() {
			Sale sale = Sale.v2()
				.with("/paymentPayload/accepted/extra/memo", "\"hello\"")
				.with("/paymentPayload/accepted/payTo", "\"" + Sale.PAY_TO.toLowerCase(Locale.ROOT) + "\"");
			assertThat(verify(sale)).startsWith("200 {\"isValid\":true");
		}

	}

	/** Only the owner of the money can have it moved. */
	@Nested
	class SignaturesAreChecked {

		@Test
		void whenSignatureIsForgedThenTheFacilitatorRefuses() {
			Map<String, Object> other = Sale.sign();
			Sale sale = Sale.v2().with("/paymentPayload/payload/signature", "\"" + other.get("signature") + "\"");
			assertForged(sale);
		}

		@Test
		void whenAuthorizationIsChangedThenTheFacilitatorRefuses() {
			Sale sale = Sale.v2()
				.with("/paymentPayload/payload/authorization/from", "\"0x1111111111111111111111111111111111111111\"");
			assertForged(sale);
		}

		/** The payer may be a contract wallet, so only the facilitator can tell. */
		private void assertForged(Sale sale) {
			assertThat(verify(sale)).contains("\"isValid\":false", "invalid_exact_evm_signature");
			assertThat(settle(sale)).contains("\"success\":false", "invalid_exact_evm_signature");
			assertThat(FacilitatorServerTests.this.facilitator.calls).doesNotContain("settle");
			assertThat(earned()).isZero();
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "{\"signature\":\"0x00\"}", "{\"transaction\":\"AQAB\"}" })
		void whenPayloadIsOfAnotherKindThenNobodyIsAsked(String payload) {
			assertRefused(Sale.v2().with("/paymentPayload/payload", payload), "unsupported_payload_type");
		}

	}

	/** A payment is settled within its time only. */
	@Nested
	class TimesAreChecked {

		@Test
		void whenPaymentIsNotValidYetThenNobodyIsAsked() {
			assertRefused(Sale.v2(Sale.sign(Instant.now().plusSeconds(60), Instant.now().plusSeconds(120))),
					"invalid_exact_evm_payload_authorization_valid_after");
		}

		@ParameterizedTest
		@ValueSource(longs = { -60, 0, 5 })
		void whenPaymentIsExpiredOrTooCloseToItThenNobodyIsAsked(long left) {
			assertRefused(Sale.v2(Sale.sign(Instant.EPOCH, Instant.now().plusSeconds(left))),
					"invalid_exact_evm_payload_authorization_valid_before");
		}

	}

	/** Success is said only of money that certainly moved. */
	@Nested
	class SettlementIsTruthful {

		@Test
		void whenOutcomeIsUnknownThenItIsPendingAndTransactionIsTold() {
			script(new Unknown("timeout", TX));
			assertThat(settle(Sale.v2())).isEqualTo("""
					200 {"success":false,"errorReason":"settlement_pending","payer":"%s","transaction":"%s",\
					"network":"eip155:84532"}""".formatted(Sale.payer(), TX));
		}

		@Test
		void whenReceiptHasNoTransactionOrIsOfAnotherNetworkAmountOrPayerThenItIsPending() {
			for (SettlementResponse receipt : List.of(SettlementResponse.success("", Sale.NETWORK, Sale.payer()),
					SettlementResponse.success(TX, "eip155:1", Sale.payer()),
					SettlementResponse.success("none", Sale.NETWORK, Sale.payer()),
					SettlementResponse.success(TX, Sale.NETWORK, Sale.PAY_TO),
					SettlementResponse.failure("odd", Sale.NETWORK, Sale.payer()),
					new SettlementResponse(true, null, null, null, TX, Sale.NETWORK, "1", null, null))) {
				script(new Settled(receipt));
				assertThat(settle(Sale.v2())).contains("\"success\":false", "settlement_pending");
			}
		}

		@Test
		void whenFacilitatorThrowsThenItIsPending() {
			FacilitatorServerTests.this.facilitator.settle.add(() -> {
				throw new IllegalStateException("bug with " + Sale.payer());
			});
			assertThat(settle(Sale.v2())).contains("\"success\":false", "settlement_pending").doesNotContain("bug");
		}

		@Test
		void whenSettlementIsDeclinedThenReasonIsTold() {
			script(new Declined(ReasonCode.INSUFFICIENT_FUNDS,
					SettlementResponse.failure("insufficient_funds", Sale.NETWORK, Sale.payer())));
			assertThat(settle(Sale.v2())).contains("\"success\":false", "\"errorReason\":\"insufficient_funds\"",
					"\"transaction\":\"\"");
		}

		@Test
		void whenARepetitionIsDeclinedForWhatTheFirstSettlementMayHaveCausedThenItIsPending() {
			SettlementOutcome declined = new Declined(ReasonCode.INSUFFICIENT_FUNDS,
					SettlementResponse.failure("insufficient_funds", Sale.NETWORK, Sale.payer()));
			script(new Unknown("timeout", null), declined, notSent());
			Sale sale = Sale.v2();
			for (int i = 0; i < 3; i++) {
				assertThat(settle(sale)).contains("\"success\":false", "settlement_pending");
			}
			assertThat(FacilitatorServerTests.this.facilitator.calls).filteredOn("settle"::equals).hasSize(3);
		}

		@Test
		void whenSettlementWasCertainlyNotSentThenAnswerIsNoMessageOfTheProtocol() {
			script(notSent());
			assertThat(settle(Sale.v2())).isEqualTo("503 {\"error\":\"facilitator_unavailable\"}");
		}

	}

	/** Garbage is refused first, and one payment is settled once. */
	@Nested
	class SettlementHappensOnce {

		@ParameterizedTest
		@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
				not json | invalid_payload
				[] | invalid_payload
				{} | invalid_payload
				{"x402Version":3} | invalid_x402_version
				{"x402Version":"2"} | invalid_payload
				{"x402Version":2} | invalid_payload
				{"x402Version":2,"x402Version":1} | invalid_payload
				{"x402Version":2,"paymentPayload":null,"paymentRequirements":null} | invalid_payload
				""")
		void whenMessageIsGarbageThenCodeIsStableAndNobodyIsAsked(String body, String code) {
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			assertThat(text(FacilitatorServerTests.this.server.verify(bytes)))
				.isEqualTo("400 {\"isValid\":false,\"invalidReason\":\"" + code + "\"}");
			assertThat(text(FacilitatorServerTests.this.server.settle(bytes))).isEqualTo(
					"400 {\"success\":false,\"errorReason\":\"" + code + "\",\"transaction\":\"\",\"network\":\"\"}");
			assertThat(FacilitatorServerTests.this.facilitator.calls).isEmpty();
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				/paymentRequirements/payTo | | invalid_payment_requirements
				/paymentRequirements/amount | | invalid_payment_requirements
				/paymentRequirements/amount | "-1" | invalid_payment_requirements
				/paymentRequirements/amount | "1e3" | invalid_payment_requirements
				/paymentRequirements/amount | 50000.0 | invalid_payment_requirements
				/paymentRequirements/maxTimeoutSeconds | 0 | invalid_payment_requirements
				/paymentRequirements | "all" | invalid_payment_requirements
				/paymentRequirements | | invalid_payment_requirements
				/paymentPayload/x402Version | 1 | invalid_payload
				/paymentPayload/payload | | invalid_payload
				/paymentPayload/accepted | | invalid_payload
				/paymentPayload | [] | invalid_payload
				/x402Version | 1 | invalid_payload
				""")
		void whenPartOfMessageIsGarbageThenCodeIsStableAndNobodyIsAsked(String pointer, String json, String code) {
			assertThat(verify(Sale.v2().with(pointer, json)))
				.isEqualTo("400 {\"isValid\":false,\"invalidReason\":\"" + code + "\"}");
			assertThat(FacilitatorServerTests.this.facilitator.calls).isEmpty();
		}

		@Test
		void whenSellerAsksAgainThenReceiptIsTheSameAndMoneyMovedOnce() {
			Sale sale = Sale.v2();
			verify(sale);
			String receipt = settle(sale);
			assertThat(receipt).contains("\"success\":true");
			assertThat(settle(sale)).isEqualTo(receipt);
			assertThat(earned()).isEqualTo(50_000);
			assertThat(FacilitatorServerTests.this.facilitator.calls).containsExactly("verify", "verify", "settle");
		}

		@Test
		void whenPaymentIsSettledThenItIsValidForNothingElse() {
			Sale sale = Sale.v2();
			settle(sale);
			assertThat(verify(sale)).contains("\"isValid\":false", "invalid_exact_evm_nonce_already_used");
		}

		@Test
		void whenPaymentWasVerifiedForTwoSalesThenOnlyOneIsToldOfSuccess() {
			Sale sale = Sale.v2();
			verify(sale);
			verify(sale);
			JsonNode first = json(FacilitatorServerTests.this.server.settle(sale.body()));
			JsonNode second = json(FacilitatorServerTests.this.server.settle(sale.body()));
			assertThat(first.get("success").asBoolean()).isTrue();
			assertThat(second.get("success").asBoolean()).isFalse();
			assertThat(second.get("errorReason").asString()).isEqualTo("duplicate_settlement");
			assertThat(second.get("transaction")).isEqualTo(first.get("transaction"));
		}

		@Test
		void whenPaymentIsSettledWithoutVerificationTwiceThenOnlyOneIsToldOfSuccess() {
			Sale sale = Sale.v2();
			assertThat(settle(sale)).contains("\"success\":true");
			assertThat(settle(sale)).contains("duplicate_settlement");
		}

		@Test
		void whenManySettleAtOnceThenOneDoes() throws Exception {
			CountDownLatch settling = new CountDownLatch(1);
			CountDownLatch go = new CountDownLatch(1);
			Sale sale = Sale.v2();
			for (int i = 0; i < 20; i++) {
				verify(sale);
			}
			FacilitatorServerTests.this.facilitator.settle.add(() -> {
				settling.countDown();
				awaitQuietly(go);
				return null;
			});
			ExecutorService thread = Executors.newSingleThreadExecutor();
			try {
				Future<String> first = thread.submit(() -> settle(sale));
				assertThat(settling.await(20, TimeUnit.SECONDS)).isTrue();
				for (int i = 0; i < 19; i++) {
					assertThat(settle(sale)).contains("\"success\":false", "duplicate_settlement");
				}
				go.countDown();
				assertThat(first.get(20, TimeUnit.SECONDS)).contains("\"success\":true");
			}
			finally {
				go.countDown();
				thread.shutdownNow();
			}
			assertThat(earned()).isEqualTo(50_000);
		}

		@Test
		void whenSellerAsksAgainMeanwhileThenItIsPending() throws Exception {
			CountDownLatch settling = new CountDownLatch(1);
			CountDownLatch go = new CountDownLatch(1);
			Sale sale = Sale.v2();
			verify(sale);
			FacilitatorServerTests.this.facilitator.settle.add(() -> {
				settling.countDown();
				awaitQuietly(go);
				return null;
			});
			ExecutorService thread = Executors.newSingleThreadExecutor();
			try {
				Future<String> first = thread.submit(() -> settle(sale));
				assertThat(settling.await(20, TimeUnit.SECONDS)).isTrue();
				assertThat(settle(sale)).contains("settlement_pending");
				go.countDown();
				assertThat(settleUntilDone(sale)).isEqualTo(first.get(20, TimeUnit.SECONDS));
			}
			finally {
				go.countDown();
				thread.shutdownNow();
			}
		}

		@Test
		void whenOutcomeWasUnknownThenItIsAskedAboutAgainAndNotBegunAnew() {
			Sale sale = Sale.v2();
			script(new Unknown("timeout", null));
			assertThat(settle(sale)).contains("settlement_pending");
			script(notSent());
			assertThat(settle(sale)).contains("settlement_pending");
			FacilitatorServerTests.this.facilitator.calls.clear();
			assertThat(settle(sale)).contains("\"success\":true");
			assertThat(FacilitatorServerTests.this.facilitator.calls).containsExactly("settle");
		}

		@Test
		void whenSignatureIsForgedThenReceiptOfAnotherIsNotTold() {
			Map<String, Object> payload = Sale.sign();
			settle(Sale.v2(payload));
			Sale forged = Sale.v2(payload).with("/paymentPayload/payload/signature", "\"0x" + "11".repeat(65) + "\"");
			assertThat(settle(forged)).contains("\"success\":false", "duplicate_settlement").doesNotContain("0x5a");
			assertThat(settle(forged)).doesNotContainPattern("transaction\":\"0x");
		}

		@Test
		void whenOneTransferIsSaidToSettleTwoPaymentsThenTheSecondIsPending() {
			script(settledBy(TX, null), settledBy(TX, null), settledBy(TX, 4));
			Sale first = Sale.v2();
			assertThat(settle(first)).contains("\"success\":true");
			assertThat(settle(Sale.v2())).contains("\"success\":false", "settlement_pending", TX);
			assertThat(settle(Sale.v2())).contains("\"success\":false", "settlement_pending", TX);
			assertThat(settle(first)).as("never verified, so perhaps another sale").contains("duplicate_settlement");
		}

		@Test
		void whenOneTransactionSettlesTwoPaymentsByTwoTransfersThenBothAreSettled() {
			script(settledBy(TX, 1), settledBy(TX, 3), settledBy(TX, 3));
			assertThat(settle(Sale.v2())).contains("\"success\":true");
			assertThat(settle(Sale.v2())).contains("\"success\":true");
			assertThat(settle(Sale.v2())).contains("settlement_pending");
		}

		/** Before a restart, that is, by what this process knows. */
		@Test
		void whenPaymentWasSettledBeforeAndNeverVerifiedHereThenItIsADuplicate() {
			Sale sale = Sale.v2();
			assertThat(settle(sale)).contains("\"success\":true");
			FacilitatorServer restarted = server(FacilitatorServerTests.this.money);
			assertThat(text(restarted.verify(sale.body()))).contains("\"isValid\":false");
			assertThat(text(restarted.settle(sale.body()))).contains("\"success\":false", "duplicate_settlement")
				.containsPattern("transaction\":\"0x[0-9a-f]{64}");
			assertThat(earned()).isEqualTo(50_000);
		}

		private static Settled settledBy(String transaction, Integer transfer) {
			return new Settled(SettlementResponse.success(transaction, Sale.NETWORK, Sale.payer()), transfer);
		}

	}

	/** Fees are spent for known receivers only. */
	@Nested
	class SponsorshipIsBounded {

		@Test
		void whenReceiverIsNotOnTheListThenNobodyIsAsked() {
			FacilitatorServer other = new FacilitatorServer(FacilitatorServerTests.this.facilitator, CHECKS,
					Networks.load(), new PaymentCodec(), List.of("0x1111111111111111111111111111111111111111"));
			assertThat(text(other.settle(Sale.v2().body()))).contains("pay_to_not_allowed");
			assertThat(FacilitatorServerTests.this.facilitator.calls).isEmpty();
		}

		@Test
		void whenListIsEmptyThenNobodyIsPaid() {
			assertThat(new AllowedRecipients(List.of()).allow(Sale.offer())).isFalse();
		}

		@Test
		void whenListSaysAnybodyThenEverybodyIsPaid() {
			assertThat(new AllowedRecipients(List.of("*")).allow(Sale.offer())).isTrue();
		}

	}

	/** What was true at verification need not be true any more. */
	@Nested
	class PaymentIsVerifiedAnew {

		@Test
		void whenPaymentBecameInvalidThenItIsNotSubmitted() {
			Sale sale = Sale.v2();
			verify(sale);
			FacilitatorServerTests.this.facilitator.verify.add(new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
			assertThat(settle(sale)).contains("\"success\":false", "insufficient_funds");
			assertThat(FacilitatorServerTests.this.facilitator.calls).containsExactly("verify", "verify");
		}

		@Test
		void whenPaymentCannotBeVerifiedThenItIsNotSubmitted() {
			FacilitatorServerTests.this.facilitator.verify.add(new Unavailable("down"));
			assertThat(settle(Sale.v2())).startsWith("503");
			assertThat(FacilitatorServerTests.this.facilitator.calls).containsExactly("verify");
		}

		@Test
		void whenNonceIsUsedAfterThePaymentWasVerifiedThenSettlingTellsByWhat() {
			Sale sale = Sale.v2();
			verify(sale);
			FacilitatorServerTests.this.facilitator.verify.add(new Invalid(ReasonCode.NONCE_ALREADY_USED));
			assertThat(settle(sale)).contains("\"success\":true");
		}

		@Test
		void whenNonceIsUsedAndPaymentWasNeverVerifiedThenItMayBeAnotherSale() {
			FacilitatorServerTests.this.facilitator.verify.add(new Invalid(ReasonCode.NONCE_ALREADY_USED));
			assertThat(settle(Sale.v2())).contains("\"success\":false", "duplicate_settlement", "\"0x");
		}

	}

	/** Every answer says what was and what was not done. */
	@Nested
	class AnswersAreExplicit {

		@Test
		void whenVerificationFailsThenReasonAndPayerAreTold() {
			FacilitatorServerTests.this.facilitator.verify
				.add(new Invalid(ReasonCode.PAYMENT_REJECTED, "kyt_screening"));
			assertThat(verify(Sale.v2())).isEqualTo("200 {\"isValid\":false,\"invalidReason\":\"kyt_screening\","
					+ "\"payer\":\"" + Sale.payer() + "\"}");
		}

		@Test
		void whenVerificationIsImpossibleThenPaymentIsNotCalledInvalid() {
			FacilitatorServerTests.this.facilitator.verify.add(new Unavailable("down with secrets"));
			assertThat(verify(Sale.v2())).isEqualTo("503 {\"error\":\"facilitator_unavailable\"}");
		}

	}

	private void assertRefused(Sale sale, String code) {
		assertThat(json(this.server.verify(sale.body())).get("invalidReason").asString()).isEqualTo(code);
		JsonNode answer = json(this.server.settle(sale.body()));
		assertThat(answer.get("success").asBoolean()).isFalse();
		assertThat(answer.get("errorReason").asString()).isEqualTo(code);
		assertThat(this.facilitator.calls).isEmpty();
	}

	private String settleUntilDone(Sale sale) {
		return await().atMost(Duration.ofMinutes(1))
			.until(() -> settle(sale), (answer) -> !answer.contains("settlement_pending"));
	}

	private String verify(Sale sale) {
		return text(this.server.verify(sale.body()));
	}

	private String settle(Sale sale) {
		return text(this.server.settle(sale.body()));
	}

	private long earned() {
		return earned(this.money);
	}

	private static long earned(SimulatedFacilitator facilitator) {
		return facilitator.balance(Sale.NETWORK, Sale.offer().asset(), Sale.PAY_TO).longValueExact() - 1_000_000;
	}

	private void script(SettlementOutcome... outcomes) {
		for (SettlementOutcome outcome : outcomes) {
			this.facilitator.settle.add(() -> outcome);
		}
	}

	private static NotExecuted notSent() {
		return new NotExecuted("connection refused");
	}

	private static String text(ServerResponse answer) {
		return answer.status() + " " + new String(new PaymentCodec().write(answer.body()), StandardCharsets.UTF_8);
	}

	private static JsonNode json(ServerResponse answer) {
		return Sale.JSON.readTree(new PaymentCodec().write(answer.body()));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A facilitator that does as told, and then what the simulated one does.
	 */
	private final class Script implements Facilitator {

		private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

		private final Deque<VerificationOutcome> verify = new ArrayDeque<>();

		private final Deque<Supplier<SettlementOutcome>> settle = new ArrayDeque<>();

		private boolean down;

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			this.calls.add("verify");
			return this.verify.isEmpty() ? FacilitatorServerTests.this.money.verify(request) : this.verify.remove();
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			this.calls.add("settle");
			SettlementOutcome outcome = this.settle.isEmpty() ? null : this.settle.remove().get();
			return (outcome != null) ? outcome : FacilitatorServerTests.this.money.settle(request);
		}

		@Override
		public SupportedResponse supported() {
			if (this.down) {
				throw new FacilitatorException("down");
			}
			return FacilitatorServerTests.this.money.supported();
		}

	}

}
