/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * One payment and its offer, as the tests of this package use them.
 */
public final class FacilitatorRequests {

	public static final String NETWORK = "eip155:84532";

	public static final String ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	public static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	public static final String PAYER = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	public static final String NONCE = "0x" + "ab".repeat(32);

	public static final String SIGNATURE = "0x4f380528ac8ec72003b43f950a2357910a9e9c1c12de8c472978eaf5aeab5ea4"
			+ "0d1ed80d980fe084f5ee49961bd093469d0a89fbd78bf1a9b9869a57f05f6afb1b";

	public static final long VALID_BEFORE = 1_900_000_000;

	static final String PERMIT2_PROXY = "0x402085c248EeA27D92E8b30b2C58ed07f9E20001";

	public static final ResourceInfo RESOURCE = new ResourceInfo(
			"https://api.example.test/v1/forecast?customer=42&city=Z%C3%BCrich#today", "24 h forecast",
			"application/json");

	private FacilitatorRequests() {
	}

	public static PaymentRequirements offer(Map<String, Object> extra) {
		return new PaymentRequirements("exact", NETWORK, BigInteger.valueOf(50_000), ASSET, PAY_TO, 60, extra);
	}

	public static Map<String, Object> authorization() {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", PAYER);
		authorization.put("to", PAY_TO);
		authorization.put("value", "50000");
		authorization.put("validAfter", "0");
		authorization.put("validBefore", Long.toString(VALID_BEFORE));
		authorization.put("nonce", NONCE);
		return authorization;
	}

	public static Map<String, Object> permit() {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", PAYER);
		authorization.put("permitted", new LinkedHashMap<>(Map.of("token", ASSET, "amount", "50000")));
		authorization.put("spender", PERMIT2_PROXY);
		authorization.put("nonce", "123456789");
		authorization.put("deadline", Long.toString(VALID_BEFORE));
		authorization.put("witness", new LinkedHashMap<>(Map.of("to", PAY_TO, "validAfter", "0")));
		return authorization;
	}

	public static Map<String, Object> payload(String kind, Map<String, Object> authorization) {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("signature", SIGNATURE);
		payload.put(kind, authorization);
		return payload;
	}

	public static PaymentPayload v2(Map<String, Object> payload) {
		return new PaymentPayload.V2(2, Map.of("url", "https://buyer.example.test/?said=this"),
				Map.of("scheme", "exact", "amount", "1"), payload, Map.of("buyer", "data"));
	}

	public static FacilitatorRequest v2() {
		return new FacilitatorRequest(v2(payload("authorization", authorization())), offer(Map.of("name", "USDC")),
				RESOURCE);
	}

	public static FacilitatorRequest v1() {
		return new FacilitatorRequest(
				new PaymentPayload.V1(1, "exact", "base-sepolia", payload("authorization", authorization())),
				offer(Map.of("name", "USDC")), RESOURCE);
	}

}
