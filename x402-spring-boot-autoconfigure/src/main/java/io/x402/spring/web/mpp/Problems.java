/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * Reasons of refusals as problem details (RFC 9457). The members that x402 has in the
 * same body stay.
 */
final class Problems {

	private static final String TYPES = "https://paymentauth.org/problems/";

	private final PaymentCodec codec;

	Problems(PaymentCodec codec) {
		this.codec = codec;
	}

	/**
	 * Return the body of a refusal with the members of a problem in front.
	 * @param reason why the request is refused
	 * @param status HTTP status
	 * @param challengeId id of the challenge beside it, or {@code null} if there is none
	 * @param body a JSON object with at least one member
	 */
	byte[] of(ReasonCode reason, int status, @Nullable String challengeId, byte[] body) {
		String type = type(reason);
		HttpStatus known = HttpStatus.resolve(status);
		Map<String, Object> problem = new LinkedHashMap<>();
		problem.put("type", (type != null) ? TYPES + type : "about:blank");
		problem.put("title", (type != null) ? title(type) : (known != null) ? known.getReasonPhrase() : "Refused");
		problem.put("status", status);
		problem.put("detail", reason.message());
		if (challengeId != null) {
			problem.put("challengeId", challengeId);
		}
		byte[] members = this.codec.write(problem);
		byte[] all = new byte[members.length + body.length - 1];
		System.arraycopy(members, 0, all, 0, members.length);
		System.arraycopy(body, 0, all, members.length - 1, body.length);
		all[members.length - 1] = ',';
		return all;
	}

	/**
	 * Return the type of a problem that the protocol knows.
	 */
	private static @Nullable String type(ReasonCode reason) {
		return switch (reason) {
			case PAYMENT_REQUIRED -> "payment-required";
			case MALFORMED_PAYMENT, PAYMENT_HEADER_TOO_LARGE -> "malformed-credential";
			case INVALID_CHALLENGE, REQUIREMENTS_MISMATCH -> "invalid-challenge";
			case UNSUPPORTED_PAYLOAD -> "invalid-payload";
			case EXPIRED -> "payment-expired";
			case AMBIGUOUS_PAYMENT -> "bad-request";
			default -> (reason.status() == HttpStatus.PAYMENT_REQUIRED.value()) ? "verification-failed" : null;
		};
	}

	private static String title(String type) {
		StringBuilder title = new StringBuilder();
		for (String word : type.split("-")) {
			title.append(title.isEmpty() ? "" : " ")
				.append(Character.toUpperCase(word.charAt(0)))
				.append(word, 1, word.length());
		}
		return title.toString();
	}

}
