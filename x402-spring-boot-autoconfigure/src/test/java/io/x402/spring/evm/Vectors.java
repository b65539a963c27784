/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signatures of the official JavaScript signer.
 */
final class Vectors {

	static final String BASE_SEPOLIA = "eip3009-base-sepolia-usdc";

	static final String BASE = "eip3009-base-mainnet-usdc";

	static final String PERMIT2 = "permit2-exact-base-sepolia";

	private static final JsonMapper MAPPER = new JsonMapper();

	private Vectors() {
	}

	static JsonNode get(String id) {
		return read().get("vectors")
			.valueStream()
			.filter((vector) -> vector.get("id").asString().equals(id))
			.findFirst()
			.orElseThrow();
	}

	static String erc6492Signature() {
		return read().at("/erc6492/wrapped").asString();
	}

	static PaymentRequirements offer(String id) {
		JsonNode vector = get(id);
		JsonNode domain = vector.get("domain");
		JsonNode message = vector.get("message");
		String network = "eip155:" + domain.get("chainId").asInt();
		if (id.equals(PERMIT2)) {
			return new PaymentRequirements("exact", network, new BigInteger(message.at("/permitted/amount").asString()),
					message.at("/permitted/token").asString(), message.at("/witness/to").asString(), 60,
					Map.of(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2"));
		}
		return new PaymentRequirements("exact", network, new BigInteger(message.get("value").asString()),
				domain.get("verifyingContract").asString(), message.get("to").asString(), 60,
				Map.of("name", domain.get("name").asString(), "version", domain.get("version").asString()));
	}

	static Map<String, Object> payload(String id) {
		JsonNode vector = get(id);
		Map<String, Object> authorization = new LinkedHashMap<>();
		if (id.equals(PERMIT2)) {
			authorization.put("from", vector.get("address").asString());
		}
		vector.get("message")
			.propertyStream()
			.forEach((member) -> authorization.put(member.getKey(), member.getValue().isString()
					? member.getValue().asString() : MAPPER.convertValue(member.getValue(), Map.class)));
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("signature", vector.get("signature").asString());
		payload.put(id.equals(PERMIT2) ? "permit2Authorization" : "authorization", authorization);
		return payload;
	}

	static FacilitatorRequest request(PaymentRequirements offer, Map<String, Object> payload) {
		return new FacilitatorRequest(new PaymentPayload.V2(2, null, Map.of(), payload, null), offer,
				new ResourceInfo("https://api.example.test/v1/forecast", null, null));
	}

	private static JsonNode read() {
		try (InputStream json = Vectors.class.getResourceAsStream("vectors.json")) {
			return MAPPER.readTree(json);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
