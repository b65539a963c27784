/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;

/**
 * Documents of sellers, as plain JSON.
 */
final class Offers {

	static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	static final String OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

	static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	static final PaymentCodec CODEC = new PaymentCodec(64 * 1024);

	private Offers() {
	}

	/**
	 * Return an offer over test dollars.
	 * @param amount millionths of a dollar
	 */
	static Map<String, Object> usdc(long amount) {
		Map<String, Object> offer = new LinkedHashMap<>();
		offer.put("scheme", "exact");
		offer.put("network", "eip155:84532");
		offer.put("amount", Long.toString(amount));
		offer.put("asset", USDC);
		offer.put("payTo", PAY_TO);
		offer.put("maxTimeoutSeconds", 60);
		offer.put("extra", Map.of("name", "USDC", "version", "2"));
		return offer;
	}

	static Map<String, Object> with(Map<String, Object> offer, String member, Object value) {
		Map<String, Object> changed = new LinkedHashMap<>(offer);
		changed.put(member, value);
		return changed;
	}

	static Map<String, Object> document(Map<String, Object> offer) {
		return document(List.of(offer));
	}

	static Map<String, Object> document(List<Map<String, Object>> offers) {
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("x402Version", 2);
		document.put("error", "Payment required");
		document.put("resource", Map.of("url", "https://shop.example/weather", "description", "Weather", "mimeType",
				"text/plain", "serviceName", "Weather Shop"));
		document.put("accepts", offers);
		return document;
	}

	static String header(Map<String, Object> offer) {
		return CODEC.encode(document(offer));
	}

	/**
	 * Return the body of a seller that speaks v1 only.
	 */
	static String bodyV1(long amount) {
		Map<String, Object> offer = new LinkedHashMap<>();
		offer.put("scheme", "exact");
		offer.put("network", "base-sepolia");
		offer.put("maxAmountRequired", Long.toString(amount));
		offer.put("resource", "https://shop.example/weather");
		offer.put("description", "Weather");
		offer.put("mimeType", "text/plain");
		offer.put("payTo", PAY_TO);
		offer.put("maxTimeoutSeconds", 60);
		offer.put("asset", USDC);
		offer.put("extra", Map.of("name", "USDC", "version", "2"));
		return new String(
				CODEC.write(
						Map.of("x402Version", 1, "error", "X-PAYMENT header is required", "accepts", List.of(offer))),
				StandardCharsets.UTF_8);
	}

	static String receipt() {
		return CODEC.encode(SettlementResponse.success("0x" + "5a".repeat(32), "eip155:84532", PAY_TO));
	}

	static String pending() {
		return CODEC.encode(SettlementResponse.failure("settlement_pending", "eip155:84532", PAY_TO));
	}

}
