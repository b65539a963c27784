package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;

/**
 * Offers and payments for the engine, which looks at no signature itself.
 */
final class Payments {

	static final String NETWORK = "eip155:84532";

	static final String ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	static final String PAYER = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	static final String TRANSACTION = "0x" + "ab".repeat(32);

	static final PaymentRequirements OFFER = offer(Map.of("name", "USDC", "version", "2"));

	static final PaymentTerms TERMS = terms(OFFER);

	/** The same for all, so that a payment that is made again is the same payment. */
	private static final BigInteger VALID_BEFORE = BigInteger.valueOf(Instant.now().getEpochSecond() + 60);

	private static final PaymentCodec CODEC = new PaymentCodec();

	private Payments() {
	}

	static PaymentTerms terms(PaymentRequirements... offers) {
		return new PaymentTerms(new ResourceInfo("https://shop.test/goods", null, null), List.of(offers));
	}

	static PaymentRequirements offer(Map<String, Object> extra) {
		return offer(NETWORK, 10_000, ASSET, SELLER, extra);
	}

	static PaymentRequirements offer(String network, long amount, String asset, String payTo,
			Map<String, Object> extra) {
		return new PaymentRequirements("exact", network, BigInteger.valueOf(amount), asset, payTo, 60, extra);
	}

	static PaymentRequirements upfrontOffer() {
		return offer(Map.of("name", "USDC", "version", "2", "paymentFlow", "upfront"));
	}

	static String nonce(int number) {
		return "0x%064x".formatted(number);
	}

	static Map<String, Object> authorization(int nonce) {
		return new Eip3009Payload("0x" + "00".repeat(65), PAYER, SELLER, BigInteger.valueOf(10_000), BigInteger.ZERO,
				VALID_BEFORE, nonce(nonce))
			.toMap();
	}

	static PaymentPayload.V2 payment(int nonce) {
		return payment(OFFER, authorization(nonce));
	}

	static PaymentPayload.V2 payment(PaymentRequirements offer, Map<String, Object> payload) {
		return new PaymentPayload.V2(2, null, json(offer), payload, null);
	}

	static PaymentPayload.V1 paymentV1(int nonce) {
		return new PaymentPayload.V1(1, "exact", "base-sepolia", authorization(nonce));
	}

	static FacilitatorRequest request(PaymentPayload payment, PaymentRequirements offer) {
		return new FacilitatorRequest(payment, offer, TERMS.resource());
	}

	static SettlementResponse receipt() {
		return SettlementResponse.success(TRANSACTION, NETWORK, PAYER);
	}

	static SettlementOutcome neverSent() {
		return new SettlementOutcome.NotExecuted("connection refused");
	}

	static InMemoryPaymentStore store() {
		return store(100);
	}

	static InMemoryPaymentStore store(int capacity) {
		return new InMemoryPaymentStore(capacity, 1_000_000, new InMemoryPaymentLedger(1_000, Clock.systemUTC()),
				Clock.systemUTC());
	}

	static RequestIdentity request(String fingerprint) {
		return new RequestIdentity("GET /goods", fingerprint, true);
	}

	static NewClaim claim(ClaimKey key) {
		return claim(key, later());
	}

	static NewClaim claim(ClaimKey key, Instant expiresAt) {
		return new NewClaim(key, "request", "payload", expiresAt,
				new Purchase("purchase", "GET /goods", "exact", BigInteger.valueOf(10_000), SELLER, PAYER));
	}

	static ClaimChange settled(SettlementResponse receipt) {
		return ClaimChange.settled(receipt, Duration.ofMinutes(15), false);
	}

	static PaymentProcessorSettings settings(Duration claimWait) {
		return new PaymentProcessorSettings(claimWait, Duration.ofMinutes(15), Duration.ofMinutes(15), 3,
				PaymentProcessorSettings.PaymentIdentifiers.OPTIONAL);
	}

	static Instant later() {
		return Instant.now().plusSeconds(7200);
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> json(PaymentRequirements offer) {
		return new HashMap<>(CODEC.read(CODEC.write(offer), Map.class));
	}

}
