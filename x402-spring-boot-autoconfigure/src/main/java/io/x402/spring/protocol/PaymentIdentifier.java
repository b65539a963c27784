/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The extension {@code payment-identifier} of protocol v2: an identifier that a buyer
 * gives a purchase, so that a second payment for it is not taken.
 *
 * @since 0.1.0
 */
public final class PaymentIdentifier {

	/**
	 * Key of the extension.
	 */
	public static final String KEY = "payment-identifier";

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{16,128}");

	private PaymentIdentifier() {
	}

	/**
	 * Return what a seller declares.
	 * @param required whether every payment must have an identifier
	 * @return the extensions of the 402 document
	 */
	public static Map<String, Object> declaration(boolean required) {
		Map<String, Object> id = new LinkedHashMap<>();
		id.put("type", "string");
		id.put("minLength", 16);
		id.put("maxLength", 128);
		id.put("pattern", "^[A-Za-z0-9_-]+$");
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
		schema.put("type", "object");
		schema.put("properties", Map.of("required", Map.of("type", "boolean"), "id", id));
		schema.put("required", List.of("required"));
		return Map.of(KEY, Map.of("info", Map.of("required", required), "schema", schema));
	}

	/**
	 * Return the identifier of a payment.
	 * @param payload the payment
	 * @return the identifier, or {@code null} if it has none
	 * @throws InvalidPaymentException if it has one that is not well-formed
	 */
	public static @Nullable String of(PaymentPayload payload) {
		Map<String, Object> extensions = (payload instanceof PaymentPayload.V2 v2) ? v2.extensions() : null;
		if (extensions == null || !(extensions.get(KEY) instanceof Map<?, ?> extension)
				|| !(extension.get("info") instanceof Map<?, ?> info) || info.get("id") == null) {
			return null;
		}
		if (info.get("id") instanceof String id && ID.matcher(id).matches()) {
			return id;
		}
		throw new InvalidPaymentException(ReasonCode.INVALID_PAYMENT_IDENTIFIER,
				"The payment identifier is not 16 to 128 characters of A-Z, a-z, 0-9, _ and -");
	}

}
