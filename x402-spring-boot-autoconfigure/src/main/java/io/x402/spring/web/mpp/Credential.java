/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What a buyer sends: the challenge that it pays for, and a signed authorization.
 *
 * @param challenge the challenge, as the buyer repeats it
 * @param authorization the signed authorization as x402 has it
 * @param source who pays, or {@code null} if the buyer does not say
 */
record Credential(Challenge challenge, Map<String, Object> authorization, @Nullable String source) {

	private static final List<String> AUTHORIZATION = List.of("from", "to", "value", "validAfter", "validBefore",
			"nonce");

	/**
	 * Read a credential.
	 * @throws InvalidPaymentException if it is none, or of another kind than is asked for
	 */
	static Credential of(Map<String, Object> members) {
		Map<?, ?> challenge = object(members.get("challenge"));
		Map<?, ?> payload = object(members.get("payload"));
		if (!ChargeRequests.AUTHORIZATION.equals(payload.get("type"))) {
			throw new InvalidPaymentException(ReasonCode.UNSUPPORTED_PAYLOAD, "The payload is not an authorization");
		}
		return new Credential(challenge(challenge), authorization(payload), optional(members.get("source")));
	}

	private static Challenge challenge(Map<?, ?> members) {
		return new Challenge(text(members.get("id")), text(members.get("realm")), text(members.get("method")),
				text(members.get("intent")), text(members.get("request")), text(members.get("expires")),
				optional(members.get("digest")), optional(members.get("header")), optional(members.get("opaque")));
	}

	private static Map<String, Object> authorization(Map<?, ?> payload) {
		Map<String, Object> authorization = new LinkedHashMap<>();
		for (String name : AUTHORIZATION) {
			authorization.put(name, text(payload.get(name)));
		}
		Map<String, Object> signed = new LinkedHashMap<>();
		signed.put("signature", text(payload.get("signature")));
		signed.put("authorization", authorization);
		return signed;
	}

	private static Map<?, ?> object(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			return map;
		}
		throw malformed();
	}

	private static String text(@Nullable Object value) {
		if (value instanceof String text) {
			return text;
		}
		throw malformed();
	}

	private static @Nullable String optional(@Nullable Object value) {
		return (value != null) ? text(value) : null;
	}

	static InvalidPaymentException malformed() {
		return new InvalidPaymentException(ReasonCode.MALFORMED_PAYMENT, "Not a credential");
	}

	@Override
	public String toString() {
		return "Credential[redacted]";
	}

}
