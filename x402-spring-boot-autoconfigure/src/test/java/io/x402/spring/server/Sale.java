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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.evm.Permit2Signer;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.InMemoryPaymentStore;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A signed payment and its offer as a seller sends them to a facilitator, to be changed
 * by tests as they like.
 */
final class Sale {

	static final String NETWORK = "eip155:84532";

	static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	static final JsonMapper JSON = new JsonMapper();

	private static final String KEY = "07".repeat(32);

	private final ObjectNode message;

	private Sale(Map<String, Object> message) {
		this.message = JSON.valueToTree(message);
	}

	static PaymentRequirements offer() {
		return new PaymentRequirements("exact", NETWORK, BigInteger.valueOf(50_000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", PAY_TO, 60, Map.of("name", "USDC", "version", "2"));
	}

	static String payer() {
		return new Eip3009Signer(KEY).address();
	}

	static Sale v2() {
		return v2(sign());
	}

	/**
	 * A sale of scheme upto, of which all is to be settled.
	 */
	static Sale upto() {
		PaymentRequirements offer = new PaymentRequirements("upto", NETWORK, offer().amount(), offer().asset(), PAY_TO,
				60, Map.of("assetTransferMethod", "permit2", "facilitatorAddress", PAY_TO));
		return v2(offer, new Permit2Signer(new PrivateKeySigner(KEY)).sign(offer, Instant.now().plusSeconds(60)));
	}

	static Sale v2(Map<String, Object> payload) {
		return v2(offer(), payload);
	}

	private static Sale v2(PaymentRequirements offer, Map<String, Object> payload) {
		Map<String, Object> payment = new LinkedHashMap<>();
		payment.put("x402Version", 2);
		payment.put("resource", Map.of("url", "https://api.example.test/weather"));
		payment.put("accepted", map(offer));
		payment.put("payload", payload);
		return new Sale(Map.of("x402Version", 2, "paymentPayload", payment, "paymentRequirements", map(offer)));
	}

	static Sale v1() {
		Map<String, Object> payment = Map.of("x402Version", 1, "scheme", "exact", "network", "base-sepolia", "payload",
				sign());
		Map<String, Object> requirements = new LinkedHashMap<>(map(offer()));
		requirements.put("network", "base-sepolia");
		requirements.put("maxAmountRequired", requirements.remove("amount"));
		requirements.put("resource", "https://api.example.test/weather");
		requirements.put("description", "");
		requirements.put("mimeType", "");
		return new Sale(Map.of("x402Version", 1, "paymentPayload", payment, "paymentRequirements", requirements));
	}

	static Map<String, Object> sign() {
		return new Eip3009Signer(KEY).sign(offer(), Instant.now()).toMap();
	}

	static Map<String, Object> sign(Instant from, Instant until) {
		return new Eip3009Signer(KEY).sign(offer(), from, until).toMap();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(PaymentRequirements offer) {
		PaymentCodec codec = new PaymentCodec();
		return codec.read(codec.write(offer), Map.class);
	}

	/**
	 * Replace a value.
	 * @param pointer JSON pointer to it
	 * @param json the new value as JSON, {@code null} to remove it
	 */
	Sale with(String pointer, String json) {
		int end = pointer.lastIndexOf('/');
		ObjectNode parent = (ObjectNode) this.message.at(pointer.substring(0, end));
		if (json != null) {
			parent.set(pointer.substring(end + 1), JSON.readTree(json));
		}
		else {
			parent.remove(pointer.substring(end + 1));
		}
		return this;
	}

	byte[] body() {
		return this.message.toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Return whether a seller of ours whose offer is the one of this sale takes the
	 * payment for it.
	 */
	boolean isAcceptedBySeller() {
		PaymentCodec codec = new PaymentCodec();
		PaymentRequirements offer = codec.read(codec.write(this.message.get("paymentRequirements")),
				PaymentRequirements.class);
		PaymentPayload payment = codec.read(codec.write(this.message.get("paymentPayload")), PaymentPayload.V2.class);
		Facilitator facilitator = new SimulatedFacilitator(
				List.of(new SupportedResponse.Kind(2, offer.scheme(), offer.network(), null)),
				List.of(new TrustedPayers()), BigInteger.valueOf(1_000_000));
		PaymentProcessor seller = PaymentProcessor
			.builder(facilitator, new InMemoryPaymentStore(10, Clock.systemUTC()), Networks.load(),
					new PaymentProcessorSettings(Duration.ZERO, Duration.ofMinutes(15), Duration.ofMinutes(15), 3,
							PaymentIdentifiers.OFF),
					Clock.systemUTC())
			.build();
		ResourceInfo resource = new ResourceInfo("https://api.example.test/weather", null, null);
		return seller.process(new PaymentOffers(resource, List.of(offer)), payment,
				new RequestIdentity("GET /weather", "request", true)) instanceof PaymentDecision.Accepted;
	}

	String nonce() {
		return this.message.at("/paymentPayload/payload/authorization/nonce").asString();
	}

}
