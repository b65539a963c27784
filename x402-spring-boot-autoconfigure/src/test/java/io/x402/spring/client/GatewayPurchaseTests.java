/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Networks;
import io.x402.spring.money.TransferMethod;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Purchases that are paid from deposits at Circle Gateway, by a buyer that says where
 * they are.
 */
class GatewayPurchaseTests {

	private static final String WALLET = "0x0077777d7EBA4688BDeF3E311b846F25870A19B9";

	private static final String NETWORK = "eip155:84532";

	private static final int FOUR_DAYS = 345_600;

	private final Instant now = Instant.ofEpochSecond(1_900_000_000);

	private final Clock clock = Clock.fixed(this.now, ZoneOffset.UTC);

	private final Buyers buyer = new Buyers();

	@Test
	void whenContractIsKnownThenThePaymentIsOneThatTheSellerTakes() {
		PaymentPayload payment = pay(
				deposits(Map.of(NETWORK, WALLET.toLowerCase(Locale.ROOT)), Duration.ofDays(4), false), gateway(50_000));
		assertThat(EvmPayload.from(payment.payload()).validBefore())
			.isEqualTo(this.now.plusSeconds(FOUR_DAYS).getEpochSecond());
		Map<String, Object> announced = ((PaymentPayload.V2) payment).accepted();
		assertThat(announced).isEqualTo(gateway(50_000));
		FacilitatorRequest request = new FacilitatorRequest(payment, offer(gateway(50_000)),
				new ResourceInfo("https://shop.example/weather", null, null));
		assertThat(new EvmPayloadCheck(this.clock).check(request)).isNull();
		assertThat(new Eip3009SignatureCheck().provesPayer(request)).isTrue();
		assertThat(new Eip3009SignatureCheck().check(request)).isNull();
	}

	@Test
	void whenSellerAsksForLongerThanTheBuyerAllowsThenThePaymentEndsBefore() {
		PaymentPayload payment = pay(deposits(Map.of(NETWORK, WALLET), Duration.ofHours(1), false), gateway(50_000));
		assertThat(EvmPayload.from(payment.payload()).validBefore())
			.isEqualTo(this.now.plusSeconds(3600).getEpochSecond());
	}

	@Test
	void whenAnotherOfferAsksForDaysThenItsPaymentIsValidForMinutes() {
		PaymentPayload payment = pay(deposits(Map.of(NETWORK, WALLET), Duration.ofDays(4), false),
				Offers.with(Offers.usdc(50_000), "maxTimeoutSeconds", FOUR_DAYS));
		assertThat(EvmPayload.from(payment.payload()).validBefore())
			.isEqualTo(this.now.plusSeconds(600).getEpochSecond());
	}

	@ParameterizedTest
	@CsvSource({ "eip155:84532, verifyingContract, " + Offers.OTHER, "eip155:84532, version, 2",
			"eip155:8453, verifyingContract, " + WALLET, "eip155:84532, verifyingContract, " })
	void whenContractIsNotTheKnownOneThenNothingIsSigned(String network, String member, String value) {
		Map<String, Object> extra = new LinkedHashMap<>(extra());
		extra.put(member, value);
		Map<String, Object> offer = Offers.with(gateway(50_000), "extra", extra);
		assertThatExceptionOfType(PaymentRefusedException.class)
			.isThrownBy(() -> pay(deposits(Map.of(network, WALLET), Duration.ofDays(4), false), offer))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.ASSET_MISMATCH));
		assertThat(this.buyer.signer.signatures()).isZero();
	}

	/**
	 * What is signed names no token, so a seller can settle any such payment in USDC.
	 */
	@ParameterizedTest
	@CsvSource({ "DAI, " + Offers.OTHER + ", 18", "USDC, " + Offers.OTHER + ", 18", "USDC, " + Offers.USDC + ", 18",
			"EURC, " + Offers.OTHER + ", 6" })
	void whenOfferIsPricedInAnotherTokenThanTheDepositsThenNothingIsSigned(String symbol, String address,
			int decimals) {
		Asset token = new Asset(symbol, address, decimals, symbol, "2", TransferMethod.EIP3009);
		this.buyer.networks = Networks.load().withAssets(Map.of(NETWORK, List.of(token)));
		Map<String, Object> offer = Offers.with(Offers.with(gateway(0), "asset", address), "amount", "1000000000000");
		assertThatExceptionOfType(PaymentRefusedException.class)
			.isThrownBy(() -> pay(deposits(Map.of(NETWORK, WALLET), Duration.ofDays(4), false), offer))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.ASSET_MISMATCH));
		assertThat(this.buyer.signer.signatures()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "50000, 50000, false, false", "40000, 50000, false, true", "50000, 40000, true, true",
			"50000, 110000, false, true" })
	void whenSellerTakesPaymentsOfTheTokenTooThenThePolicyDecides(long fromDeposits, long ofTheToken, boolean preferred,
			boolean throughGateway) {
		PaymentPayload payment = pay(deposits(Map.of(NETWORK, WALLET), Duration.ofDays(4), preferred),
				List.of(gateway(fromDeposits), Offers.usdc(ofTheToken)));
		assertThat(((PaymentPayload.V2) payment).accepted())
			.isEqualTo(throughGateway ? gateway(fromDeposits) : Offers.usdc(ofTheToken));
	}

	/**
	 * As long as the seller can take the money or deliver for it, the same request is not
	 * paid again.
	 */
	@Test
	void whenTheOutcomeIsUnknownThenTheSamePaymentIsSentForDays() {
		this.buyer.deposits = deposits(Map.of(NETWORK, WALLET), Duration.ofDays(4), false);
		MovingClock moving = MovingClock.standing(this.now);
		this.buyer.clock = moving;
		Payer payer = this.buyer.payer();
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.of(503, Map.of(), "")
				: Answer.unpaid(Offers.header(gateway(50_000))))) {
			ClientKind.REST_CLIENT.client(payer).get(seller.uri("/weather"));
			moving.pass(Duration.ofDays(4).minusSeconds(1));
			ClientKind.REST_CLIENT.client(payer).get(seller.uri("/weather"));
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			moving.pass(Duration.ofSeconds(32).plusMinutes(15));
			ClientKind.REST_CLIENT.client(payer).get(seller.uri("/weather"));
			assertThat(this.buyer.signer.signatures()).isEqualTo(2);
		}
	}

	private PaymentPayload pay(GatewayDeposits deposits, Map<String, Object> offer) {
		return pay(deposits, List.of(offer));
	}

	private PaymentPayload pay(GatewayDeposits deposits, List<Map<String, Object>> offers) {
		this.buyer.deposits = deposits;
		this.buyer.clock = this.clock;
		String document = Offers.CODEC.encode(Offers.document(offers));
		try (Seller seller = new Seller(
				(request) -> (request.payment() != null) ? Answer.delivered(request) : Answer.unpaid(document))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/weather"));
			List<String> payments = seller.payments();
			assertThat(payments).hasSize(1);
			return Offers.CODEC.decodePayment(ProtocolVersion.V2, payments.get(0));
		}
	}

	private static GatewayDeposits deposits(Map<String, String> contracts, Duration maxValidity, boolean preferred) {
		return new GatewayDeposits(contracts, maxValidity, preferred);
	}

	private static Map<String, Object> gateway(long amount) {
		return Offers.with(Offers.with(Offers.usdc(amount), "maxTimeoutSeconds", FOUR_DAYS), "extra", extra());
	}

	private static Map<String, Object> extra() {
		return Map.of("name", "GatewayWalletBatched", "version", "1", "verifyingContract", WALLET);
	}

	private static PaymentRequirements offer(Map<String, Object> json) {
		return Offers.CODEC.read(Offers.CODEC.write(json), PaymentRequirements.class);
	}

}
