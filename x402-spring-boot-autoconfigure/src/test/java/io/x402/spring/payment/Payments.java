/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.Sale;

/**
 * Offers and payments for the engine, which looks at no signature itself.
 */
public final class Payments {

	public static final String NETWORK = "eip155:84532";

	public static final String ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	public static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	public static final String PAYER = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	public static final String TRANSACTION = "0x" + "ab".repeat(32);

	public static final PaymentRequirements OFFER = offer(Map.of("name", "USDC", "version", "2"));

	public static final PaymentOffers TERMS = offers(OFFER);

	/** Longer than all tests together, which share the end of their payments. */
	public static final Duration VALIDITY = Duration.ofDays(1);

	/** When all payments are signed, for tests that let their validity end. */
	public static final Instant SIGNED_AT = Instant.now();

	/** The same for all, so that a payment that is made again is the same payment. */
	private static final BigInteger VALID_BEFORE = BigInteger.valueOf(SIGNED_AT.plus(VALIDITY).getEpochSecond());

	private static final PaymentCodec CODEC = new PaymentCodec();

	private Payments() {
	}

	public static PaymentOffers offers(PaymentRequirements... offers) {
		return new PaymentOffers(new ResourceInfo("https://shop.test/goods", null, null), List.of(offers));
	}

	public static PaymentRequirements offer(Map<String, Object> extra) {
		return offer(NETWORK, 10_000, ASSET, SELLER, extra);
	}

	public static PaymentRequirements offer(String network, long amount, String asset, String payTo,
			Map<String, Object> extra) {
		return new PaymentRequirements("exact", network, BigInteger.valueOf(amount), asset, payTo, 60, extra);
	}

	public static PaymentRequirements upfrontOffer() {
		return offer(Map.of("name", "USDC", "version", "2", "paymentFlow", "upfront"));
	}

	public static String nonce(int number) {
		return "0x%064x".formatted(number);
	}

	public static Map<String, Object> authorization(int nonce) {
		return new EvmPayload.Eip3009("0x" + "00".repeat(65), PAYER, SELLER, BigInteger.valueOf(10_000),
				BigInteger.ZERO, VALID_BEFORE, nonce(nonce))
			.toMap();
	}

	public static PaymentPayload.V2 payment(int nonce) {
		return payment(OFFER, authorization(nonce));
	}

	public static PaymentPayload.V2 payment(PaymentRequirements offer, Map<String, Object> payload) {
		return new PaymentPayload.V2(2, null, json(offer), payload, null);
	}

	public static PaymentPayload.V1 paymentV1(int nonce) {
		return new PaymentPayload.V1(1, "exact", "base-sepolia", authorization(nonce));
	}

	public static FacilitatorRequest request(PaymentPayload payment, PaymentRequirements offer) {
		return new FacilitatorRequest(payment, offer, TERMS.resource());
	}

	public static AuthorizationKey key(PaymentPayload payment) {
		return request(payment, OFFER).authorizationKey();
	}

	public static SettlementResponse receipt() {
		return SettlementResponse.success(TRANSACTION, NETWORK, PAYER);
	}

	/**
	 * Return a facilitator whose settlements all have the same receipt.
	 */
	public static FacilitatorDouble facilitator() {
		return new FacilitatorDouble().settling(() -> new SettlementOutcome.Settled(receipt()));
	}

	public static SettlementOutcome neverSent() {
		return new SettlementOutcome.NotExecuted("connection refused");
	}

	public static InMemoryPaymentStore store() {
		return store(100);
	}

	public static InMemoryPaymentStore store(int capacity) {
		return new InMemoryPaymentStore(capacity, 1_000_000, new InMemoryPaymentLedger(1_000, Clock.systemUTC()),
				Clock.systemUTC());
	}

	public static RequestIdentity request(String fingerprint) {
		return new RequestIdentity("GET /goods", fingerprint, true);
	}

	public static NewClaim claim(AuthorizationKey key) {
		return claim(key, later());
	}

	public static NewClaim claim(AuthorizationKey key, Instant expiresAt) {
		return new NewClaim(key, "request", "payload", expiresAt,
				new Sale("purchase", "GET /goods", "exact", BigInteger.valueOf(10_000), SELLER, PAYER));
	}

	public static ClaimChange settled(SettlementResponse receipt) {
		return ClaimChange.settled(receipt, Duration.ofMinutes(15), false);
	}

	public static PaymentProcessorSettings settings(Duration claimWait) {
		return new PaymentProcessorSettings(claimWait, Duration.ofMinutes(15), Duration.ofMinutes(15), 3,
				PaymentProcessorSettings.PaymentIdentifiers.OPTIONAL);
	}

	public static Instant later() {
		return Instant.now().plusSeconds(7200);
	}

	@SuppressWarnings("unchecked")
	public static Map<String, Object> json(PaymentRequirements offer) {
		return new HashMap<>(CODEC.read(CODEC.write(offer), Map.class));
	}

	/**
	 * Return a payment of which no amount was set.
	 */
	public static VerifiedPayment verified(PaymentRequirements offer, String payer) {
		return new ChargeablePayment(ProtocolVersion.V2, offer, payer, null, null);
	}

}
