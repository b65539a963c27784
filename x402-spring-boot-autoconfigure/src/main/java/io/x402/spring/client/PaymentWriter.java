/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header of a payment: the chosen offer and the extensions as the seller
 * announced them, and the signed part.
 */
final class PaymentWriter {

	private static final String PAYMENT_IDENTIFIER = "payment-identifier";

	private final SecureRandom random = new SecureRandom();

	private final SellerJson json;

	PaymentWriter(SellerJson json) {
		this.json = json;
	}

	/**
	 * Write a payment.
	 * @param offer the chosen offer
	 * @param payload the signed part
	 * @return value of the header that belongs to the version
	 */
	String write(PayableOffer offer, Map<String, Object> payload) {
		if (offer.challenge().machine()) {
			return MachineCredential.value(this.json.write(credential(offer, payload)));
		}
		Map<String, Object> payment = new LinkedHashMap<>();
		payment.put("x402Version", offer.version().number());
		if (offer.version() == ProtocolVersion.V1) {
			payment.put("scheme", offer.toSign().scheme());
			payment.put("network", Objects.requireNonNull(offer.network().v1Name()));
			payment.put("payload", payload);
			return this.json.encode(payment);
		}
		Challenge challenge = offer.challenge();
		putUnlessNull(payment, "resource", challenge.resource());
		payment.put("accepted", offer.announced());
		payment.put("payload", payload);
		putUnlessNull(payment, "extensions", echo(challenge.extensions()));
		return this.json.encode(payment);
	}

	/** The signed part of x402 has the authorization in an object of its own. */
	private static Map<String, Object> credential(PayableOffer offer, Map<String, Object> payload) {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("type", "authorization");
		authorization.put("signature", Objects.requireNonNull(payload.get("signature")));
		Map<String, Object> signed = Objects.requireNonNull(SellerJson.object(payload.get("authorization")));
		authorization.putAll(signed);
		Map<String, Object> credential = new LinkedHashMap<>();
		credential.put("challenge", MachineChallenges.parameters(offer.announced()));
		credential.put("payload", authorization);
		credential.put("source", "did:pkh:" + offer.network().id() + ":" + signed.get("from"));
		return credential;
	}

	private static void putUnlessNull(Map<String, Object> payment, String member, @Nullable Object value) {
		if (value != null) {
			payment.put(member, value);
		}
	}

	/**
	 * Repeat the extensions. A seller that tells payments apart by an identifier gets
	 * one, which stays the same when the payment is sent again.
	 */
	private @Nullable Map<String, Object> echo(@Nullable Map<String, Object> extensions) {
		if (extensions == null || !(extensions.get(PAYMENT_IDENTIFIER) instanceof Map<?, ?> declared)) {
			return extensions;
		}
		Map<Object, Object> info = new LinkedHashMap<>(
				(declared.get("info") instanceof Map<?, ?> announced) ? announced : Map.of());
		info.put("id", identifier());
		Map<Object, Object> identifier = new LinkedHashMap<>(declared);
		identifier.put("info", info);
		Map<String, Object> echo = new LinkedHashMap<>(extensions);
		echo.put(PAYMENT_IDENTIFIER, identifier);
		return echo;
	}

	private String identifier() {
		byte[] bytes = new byte[16];
		this.random.nextBytes(bytes);
		return "pay_" + HexFormat.of().formatHex(bytes);
	}

}
