/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EvmPayloadCheck}.
 */
class EvmPayloadCheckTests {

	private static final long NOW = 1_800_000_000;

	private static final PaymentRequirements EIP3009 = FacilitatorRequests
		.offer(Map.of("name", "USDC", "version", "2"));

	private static final PaymentRequirements UPTO = new PaymentRequirements("upto", FacilitatorRequests.NETWORK,
			BigInteger.valueOf(50_000), FacilitatorRequests.ASSET, FacilitatorRequests.PAY_TO, 60,
			Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2"));

	private static final PaymentRequirements PERMIT2 = FacilitatorRequests
		.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2"));

	private final EvmPayloadCheck check = new EvmPayloadCheck(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC),
			Duration.ofSeconds(6), Duration.ofHours(1));

	@Test
	void whenPaymentIsOfTheOfferThenPasses() {
		assertThat(eip3009(Map.of())).isNull();
		assertThat(permit2(Map.of())).isNull();
	}

	@Test
	void whenAddressesDifferInLetterCaseOnlyThenPasses() {
		assertThat(eip3009(Map.of("to", lower(FacilitatorRequests.PAY_TO)))).isNull();
		assertThat(permit2(Map.of("spender", lower(FacilitatorRequests.PERMIT2_PROXY), "permitted",
				Map.of("token", lower(FacilitatorRequests.ASSET), "amount", "50000"), "witness",
				Map.of("to", lower(FacilitatorRequests.PAY_TO), "validAfter", "0"))))
			.isNull();
	}

	@ParameterizedTest
	@CsvSource({ "to, 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A, RECIPIENT_MISMATCH", "value, 49999, AMOUNT_MISMATCH",
			"value, 50001, AMOUNT_MISMATCH", "value, 0, AMOUNT_MISMATCH", "value, 050000, UNSUPPORTED_PAYLOAD",
			"value, 5e4, UNSUPPORTED_PAYLOAD", "value, -50000, UNSUPPORTED_PAYLOAD",
			"nonce, 0xabab, UNSUPPORTED_PAYLOAD", "from, nobody, UNSUPPORTED_PAYLOAD", "validAfter, 1800000000, ",
			"validAfter, 1800000001, NOT_YET_VALID", "validBefore, 1800000006, ", "validBefore, 1800000005, EXPIRED",
			"validBefore, 1799999999, EXPIRED", "validBefore, 0, EXPIRED", "validBefore, 1800003600, ",
			"validBefore, 1800003601, VALIDITY_TOO_LONG",
			"validBefore, 115792089237316195423570985008687907853269984665640564039457584007913129639935, VALIDITY_TOO_LONG",
			"validAfter, 115792089237316195423570985008687907853269984665640564039457584007913129639935, NOT_YET_VALID" })
	void whenAuthorizationIsChangedThenIsJudged(String member, String value, @Nullable ReasonCode reason) {
		assertThat(eip3009(Map.of(member, value))).isEqualTo(reason);
	}

	@ParameterizedTest
	@CsvSource({ "spender, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, RECIPIENT_MISMATCH", "deadline, 1800000006, ",
			"deadline, 1800000005, EXPIRED", "deadline, 1800003601, VALIDITY_TOO_LONG",
			"nonce, 0xabab, UNSUPPORTED_PAYLOAD" })
	void whenPermitIsChangedThenIsJudged(String member, String value, @Nullable ReasonCode reason) {
		assertThat(permit2(Map.of(member, value))).isEqualTo(reason);
	}

	@Test
	void whenPermitGoesToAnotherReceiverThenIsRefused() {
		assertThat(permit2(Map.of("witness", Map.of("to", FacilitatorRequests.PAYER, "validAfter", "0"))))
			.isEqualTo(ReasonCode.RECIPIENT_MISMATCH);
	}

	@Test
	void whenPermitStartsInTheFutureThenIsRefused() {
		assertThat(permit2(Map.of("witness", Map.of("to", FacilitatorRequests.PAY_TO, "validAfter", "1800000001"))))
			.isEqualTo(ReasonCode.NOT_YET_VALID);
	}

	@Test
	void whenPermitIsForAnotherTokenThenIsRefused() {
		assertThat(permit2(Map.of("permitted", Map.of("token", FacilitatorRequests.PAYER, "amount", "50000"))))
			.isEqualTo(ReasonCode.AMOUNT_MISMATCH);
	}

	@Test
	void whenPermitIsForAnotherAmountThenIsRefused() {
		assertThat(permit2(Map.of("permitted", Map.of("token", FacilitatorRequests.ASSET, "amount", "49999"))))
			.isEqualTo(ReasonCode.AMOUNT_MISMATCH);
	}

	@Test
	void whenPayloadIsOfTheOtherKindThenIsRefused() {
		assertThat(check(EIP3009, FacilitatorRequests.payload("permit2Authorization", validPermit())))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(check(PERMIT2, FacilitatorRequests.payload("authorization", validAuthorization())))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
	}

	@Test
	void whenOfferNamesTheDefaultMethodThenPasses() {
		assertThat(check(FacilitatorRequests.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "eip3009")),
				FacilitatorRequests.payload("authorization", validAuthorization())))
			.isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "erc7710", "EIP3009", "" })
	void whenOfferNamesAnUnknownMethodThenIsRefused(String method) {
		assertThat(check(FacilitatorRequests.offer(Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, method)),
				FacilitatorRequests.payload("authorization", validAuthorization())))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
	}

	@Test
	void whenSchemeIsUptoThenCeilingIsCompared() {
		assertThat(upto(Map.of())).isNull();
		assertThat(upto(Map.of("permitted", Map.of("token", FacilitatorRequests.ASSET, "amount", "49999"))))
			.isEqualTo(ReasonCode.AMOUNT_MISMATCH);
		FacilitatorRequest request = new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("permit2Authorization", validUpto())), UPTO,
				FacilitatorRequests.RESOURCE);
		assertThat(this.check.check(request.charging(BigInteger.ONE))).isNull();
	}

	@Test
	void whenSchemeIsUptoThenOnlyItsOwnKindOfPermitPasses() {
		assertThat(upto(Map.of("spender", FacilitatorRequests.PERMIT2_PROXY))).isEqualTo(ReasonCode.RECIPIENT_MISMATCH);
		assertThat(upto(Map.of("witness", Map.of("to", FacilitatorRequests.PAY_TO, "validAfter", "0"))))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(upto(
				Map.of("witness", Map.of("to", FacilitatorRequests.PAY_TO, "facilitator", "0x", "validAfter", "0"))))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(check(UPTO, FacilitatorRequests.payload("authorization", validAuthorization())))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(check(PERMIT2, FacilitatorRequests.payload("permit2Authorization", validUpto())))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(this.check.check(new FacilitatorRequest(
				new PaymentPayload.V1(1, "upto", "base-sepolia",
						FacilitatorRequests.payload("permit2Authorization", validUpto())),
				UPTO, FacilitatorRequests.RESOURCE)))
			.isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
	}

	@Test
	void whenPayloadIsEmptyThenIsRefused() {
		assertThat(check(EIP3009, Map.of())).isEqualTo(ReasonCode.UNSUPPORTED_PAYLOAD);
	}

	@Test
	void whenBuyerSpeaksV1ThenIsJudgedInTheSameWay() {
		Map<String, Object> authorization = validAuthorization();
		authorization.put("value", "49999");
		PaymentPayload payment = new PaymentPayload.V1(1, "exact", "base-sepolia",
				FacilitatorRequests.payload("authorization", authorization));
		assertThat(this.check.check(new FacilitatorRequest(payment, EIP3009, FacilitatorRequests.RESOURCE)))
			.isEqualTo(ReasonCode.AMOUNT_MISMATCH);
	}

	@ParameterizedTest
	@CsvSource({ "batch-settlement, eip155:84532", "upto, solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
			"exact, solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1" })
	void whenSchemeOrFamilyIsAnotherThenPasses(String scheme, String network) {
		PaymentRequirements offer = new PaymentRequirements(scheme, network, BigInteger.ONE, "asset", "receiver", 60,
				Map.of());
		assertThat(check(offer, Map.of())).isNull();
	}

	@Test
	void whenNothingIsConfiguredThenTheReferenceMarginAndOneDayAreTheLimits() {
		EvmPayloadCheck defaults = new EvmPayloadCheck(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
		assertThat(defaults.check(request("validBefore", NOW + 5))).isEqualTo(ReasonCode.EXPIRED);
		assertThat(defaults.check(request("validBefore", NOW + 6))).isNull();
		assertThat(defaults.check(request("validBefore", NOW + 86_400))).isNull();
		assertThat(defaults.check(request("validBefore", NOW + 86_401))).isEqualTo(ReasonCode.VALIDITY_TOO_LONG);
	}

	/**
	 * With a limit of an hour for all others; a payment may be valid for a day longer
	 * than its own offer asks for.
	 */
	@ParameterizedTest
	@CsvSource({ "345600, 345600, ", "345600, 432000, ", "345600, 432001, VALIDITY_TOO_LONG", "60, 86460, ",
			"60, 86461, VALIDITY_TOO_LONG", "345600, 5, EXPIRED" })
	void whenPaymentIsThroughCircleGatewayThenItsOfferDecidesHowLongItMayBeValid(int maxTimeout, long validity,
			@Nullable ReasonCode reason) {
		PaymentRequirements offer = new PaymentRequirements("exact", FacilitatorRequests.NETWORK,
				BigInteger.valueOf(50_000), FacilitatorRequests.ASSET, FacilitatorRequests.PAY_TO, maxTimeout,
				GatewayBatch.extra(FacilitatorRequests.PAYER));
		Map<String, Object> authorization = validAuthorization();
		authorization.put("validBefore", Long.toString(NOW + validity));
		assertThat(check(offer, FacilitatorRequests.payload("authorization", authorization))).isEqualTo(reason);
	}

	private static FacilitatorRequest request(String member, long value) {
		Map<String, Object> authorization = validAuthorization();
		authorization.put(member, Long.toString(value));
		return new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("authorization", authorization)), EIP3009,
				FacilitatorRequests.RESOURCE);
	}

	private @Nullable ReasonCode eip3009(Map<String, Object> changes) {
		Map<String, Object> authorization = validAuthorization();
		authorization.putAll(changes);
		return check(EIP3009, FacilitatorRequests.payload("authorization", authorization));
	}

	private @Nullable ReasonCode permit2(Map<String, Object> changes) {
		Map<String, Object> authorization = validPermit();
		authorization.putAll(changes);
		return check(PERMIT2, FacilitatorRequests.payload("permit2Authorization", authorization));
	}

	private @Nullable ReasonCode upto(Map<String, Object> changes) {
		Map<String, Object> authorization = validUpto();
		authorization.putAll(changes);
		return check(UPTO, FacilitatorRequests.payload("permit2Authorization", authorization));
	}

	private static Map<String, Object> validUpto() {
		Map<String, Object> authorization = validPermit();
		authorization.put("spender", "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002");
		authorization.put("witness",
				Map.of("to", FacilitatorRequests.PAY_TO, "facilitator", FacilitatorRequests.PAYER, "validAfter", "0"));
		return authorization;
	}

	private @Nullable ReasonCode check(PaymentRequirements offer, Map<String, Object> payload) {
		return this.check
			.check(new FacilitatorRequest(FacilitatorRequests.v2(payload), offer, FacilitatorRequests.RESOURCE));
	}

	private static Map<String, Object> validAuthorization() {
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("validBefore", Long.toString(NOW + 60));
		return authorization;
	}

	private static Map<String, Object> validPermit() {
		Map<String, Object> permit = FacilitatorRequests.permit();
		permit.put("deadline", Long.toString(NOW + 60));
		return permit;
	}

	private static String lower(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

}
