/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.x402.spring.protocol.PaymentPayload;

/**
 * The extension {@code builder-code} of protocol v2: names the application of the seller,
 * so that facilitators can attribute settlements to it (ERC-8021). Buyers may add names
 * of services of theirs; the name of the application is the seller's alone.
 */
final class BuilderCode {

	static final String KEY = "builder-code";

	private static final String PATTERN = "^[a-z0-9_]{1,32}$";

	private static final Pattern CODE = Pattern.compile(PATTERN);

	private static final int MAX_SERVICES = 5;

	private static final int MAX_IN_ALL = 11;

	private BuilderCode() {
	}

	/**
	 * Return what a seller declares.
	 * @param application code of the application
	 * @return the extensions of the 402 document
	 * @throws InvalidPricingException if it is no code
	 */
	static Map<String, Object> declaration(String application) {
		if (!CODE.matcher(application).matches()) {
			throw new InvalidPricingException("builderCode", application,
					"must have 1 to 32 characters of a-z, 0-9 and _", "Use the code under which it is registered.");
		}
		Map<String, Object> code = Map.of("type", "string", "pattern", PATTERN);
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("a", code);
		properties.put("w", code);
		properties.put("s", Map.of("type", "array", "maxItems", MAX_IN_ALL, "items", code));
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
		schema.put("type", "object");
		schema.put("properties", properties);
		schema.put("additionalProperties", false);
		return Map.of(KEY, Map.of("info", Map.of("a", application), "schema", schema));
	}

	/**
	 * Return what the facilitator gets.
	 * @param declared the extensions of the 402 document
	 * @param payment the payment
	 * @return the seller's application and the buyer's services, empty if nothing is
	 * declared
	 */
	static Map<String, Object> of(Map<String, Object> declared, PaymentPayload.V2 payment) {
		if (!(declared.get(KEY) instanceof Map<?, ?> own) || !(own.get("info") instanceof Map<?, ?> application)) {
			return Map.of();
		}
		Map<Object, Object> info = new LinkedHashMap<>(application);
		List<String> services = services(payment);
		if (!services.isEmpty()) {
			info.put("s", services);
		}
		return Map.of(KEY, Map.of("info", info));
	}

	private static List<String> services(PaymentPayload.V2 payment) {
		if (payment.extensions() == null || !(payment.extensions().get(KEY) instanceof Map<?, ?> extension)
				|| !(extension.get("info") instanceof Map<?, ?> info) || !(info.get("s") instanceof List<?> services)) {
			return List.of();
		}
		return services.stream()
			.filter((service) -> service instanceof String code && CODE.matcher(code).matches())
			.map(String.class::cast)
			.distinct()
			.limit(MAX_SERVICES)
			.toList();
	}

}
