/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.evm.BoundNonce;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentRequirements;
import tools.jackson.databind.json.JsonMapper;

/**
 * A buyer of the Machine Payments Protocol that knows nothing of our own code for it.
 */
public final class MachineBuyer {

	private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Eip3009Signer signer;

	public MachineBuyer(String privateKey) {
		this.signer = new Eip3009Signer(privateKey);
	}

	String address() {
		return this.signer.address();
	}

	/**
	 * Return the challenges of a response.
	 */
	public static List<Map<String, Object>> challenges(HttpResponse<String> response) {
		return response.headers()
			.allValues("WWW-Authenticate")
			.stream()
			.filter((value) -> value.startsWith("Payment "))
			.map(MachineBuyer::challenge)
			.toList();
	}

	static Map<String, Object> challenge(String header) {
		Map<String, Object> parameters = new LinkedHashMap<>();
		Matcher matcher = PARAMETER.matcher(header);
		while (matcher.find()) {
			parameters.put(matcher.group(1), matcher.group(2).replaceAll("\\\\(.)", "$1"));
		}
		return parameters;
	}

	public static Map<String, Object> json(Object base64url) {
		return object(new String(Base64.getUrlDecoder().decode((String) base64url), StandardCharsets.UTF_8));
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> object(String json) {
		return JSON.readValue(json, Map.class);
	}

	static String encode(Object value) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(value));
	}

	/**
	 * Answer a challenge.
	 */
	public String pay(Map<String, Object> challenge) {
		return "Payment " + encode(credential(challenge));
	}

	/**
	 * Answer a challenge and change the answer before it is sent.
	 */
	String pay(Map<String, Object> challenge, Consumer<Map<String, Object>> change) {
		Map<String, Object> credential = credential(challenge);
		change.accept(credential);
		return "Payment " + encode(credential);
	}

	private Map<String, Object> credential(Map<String, Object> challenge) {
		return credential(challenge, BoundNonce.of("" + challenge.get("id") + challenge.get("realm")),
				Instant.parse((String) challenge.get("expires")));
	}

	/**
	 * Answer a challenge with an authorization of another nonce or end.
	 */
	Map<String, Object> credential(Map<String, Object> challenge, String nonce, Instant end) {
		PaymentRequirements offer = offer(json(challenge.get("request")));
		EvmPayload.Eip3009 signed = this.signer.sign(offer, Instant.EPOCH, end,
				HexFormat.of().parseHex(nonce.substring(2)));
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("type", "authorization");
		payload.put("from", signed.from());
		payload.put("to", signed.to());
		payload.put("value", signed.value().toString());
		payload.put("validAfter", signed.validAfter().toString());
		payload.put("validBefore", signed.validBefore().toString());
		payload.put("nonce", signed.nonce());
		payload.put("signature", signed.signature());
		Map<String, Object> credential = new LinkedHashMap<>();
		credential.put("challenge", new LinkedHashMap<>(challenge));
		credential.put("payload", payload);
		credential.put("source", "did:pkh:" + offer.network() + ":" + signed.from());
		return credential;
	}

	private static PaymentRequirements offer(Map<String, Object> request) {
		Map<?, ?> details = (Map<?, ?>) request.get("methodDetails");
		return new PaymentRequirements("exact",
				NetworkId.ofChain(new BigInteger(String.valueOf(details.get("chainId")))).value(),
				new BigInteger((String) request.get("amount")), (String) request.get("currency"),
				(String) request.get("recipient"), 300, Map.of("name", "USDC", "version", "2"));
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> member(Map<String, Object> object, String name) {
		return (Map<String, Object>) object.get(name);
	}

}
