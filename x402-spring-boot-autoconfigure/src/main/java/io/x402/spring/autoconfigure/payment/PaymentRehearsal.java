/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.ResponseRecord;

/**
 * A payment from the past on a test network that is decoded, checked, claimed, verified
 * and settled as real payments are, by a clock, a store and a facilitator of its own. No
 * network call is made, no money moves, and nothing is recorded or published.
 */
final class PaymentRehearsal {

	private static final String NETWORK = "base-sepolia";

	private static final String OFFER = """
			{"scheme":"exact","network":"%s","amount":"1000",\
			"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e",\
			"payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":300,\
			"extra":{"name":"USDC","version":"2"}}""";

	private static final String PAYER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";

	/** Signed by the private key 1, which everybody knows and no one uses. */
	private static final String PAYMENT = """
			{"x402Version":2,"accepted":%s,"payload":{\
			"signature":"0xf5656b90c4aaae406cc63456ac3d3c8720fbbc0f1986714877b7517232a478bf\
			52a3202ca851772dd55a165ec36e1134aeab1223983110e88693d9353e9ba2361c",\
			"authorization":{"from":"%s","to":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C",\
			"value":"1000","validAfter":"0","validBefore":"1000000000",\
			"nonce":"0x684d5a7a0002852d0b9f2e8dac07992b14ca6395fa7b3787031759846fb96104"}}}""";

	private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_000_000_000 - 300), ZoneOffset.UTC);

	private final PaymentCodec codec;

	private final Networks networks;

	private final List<PayloadCheck> checks;

	/**
	 * Create a rehearsal.
	 * @param codec reads and writes messages
	 * @param networks the known networks
	 * @param signatureChecks local checks of signatures
	 */
	PaymentRehearsal(PaymentCodec codec, Networks networks, List<? extends PayloadCheck> signatureChecks) {
		this.codec = codec;
		this.networks = networks;
		this.checks = new ArrayList<>(signatureChecks);
		this.checks.add(0, new EvmPayloadCheck(CLOCK));
	}

	/**
	 * Return whether the signature of the payment is known to be its payer's.
	 */
	boolean isSignatureChecked() {
		FacilitatorRequest request = new FacilitatorRequest(payment(), offer(), resource());
		return this.checks.stream().anyMatch((check) -> check.provesPayer(request));
	}

	/**
	 * Ask for the payment and take it.
	 * @return the receipt, as it is sent to buyers
	 * @throws IllegalStateException if the payment is refused
	 */
	String run() {
		this.codec.encode(new PaymentRequiredDocument(null, resource(), List.of(offer())));
		PaymentDecision decision = processor().process(new PaymentOffers(resource(), List.of(offer())), payment(),
				new RequestIdentity("GET /rehearsal", "rehearsal", true));
		if (decision instanceof PaymentDecision.Accepted accepted
				&& accepted.exchange().complete(ResponseRecord.notStored()) == null) {
			return this.codec.encode(Objects.requireNonNull(accepted.exchange().receipt()));
		}
		throw new IllegalStateException("The rehearsed payment is refused");
	}

	private PaymentProcessor processor() {
		PaymentProcessorSettings settings = new PaymentProcessorSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0,
				PaymentIdentifiers.OFF);
		return PaymentProcessor
			.builder(new Agreeing(), new InMemoryPaymentStore(10, CLOCK), this.networks, settings, CLOCK)
			.checks(this.checks)
			.build();
	}

	private PaymentPayload payment() {
		byte[] json = PAYMENT.formatted(offerJson(), PAYER).getBytes(StandardCharsets.UTF_8);
		String header = Base64.getEncoder().encodeToString(json);
		return this.codec.decodePayment(ProtocolVersion.V2, header);
	}

	private PaymentRequirements offer() {
		return this.codec.read(offerJson().getBytes(StandardCharsets.UTF_8), PaymentRequirements.class);
	}

	private String offerJson() {
		return OFFER.formatted(this.networks.get(NETWORK).id());
	}

	private static ResourceInfo resource() {
		return new ResourceInfo("https://shop.example.com/rehearsal", null, null);
	}

	/**
	 * A facilitator in this process that agrees to the one payment.
	 */
	private final class Agreeing implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return new VerificationOutcome.Valid(PAYER);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			byte[] receipt = PaymentRehearsal.this.codec.write(
					SettlementResponse.success("0x" + "0".repeat(63) + "1", request.requirements().network(), PAYER));
			return new SettlementOutcome.Settled(PaymentRehearsal.this.codec.read(receipt, SettlementResponse.class));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

}
