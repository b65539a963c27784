/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * The v2 402 document, {@code PaymentRequired} in the specification, sent in the
 * {@code PAYMENT-REQUIRED} header.
 *
 * @param x402Version the literal 2
 * @param error why payment is asked for (again), or {@code null}
 * @param resource what is sold
 * @param accepts the offers, in the seller's order of preference
 * @param extensions extension declarations, or {@code null}
 * @since 0.1.0
 */
@JsonPropertyOrder({ "x402Version", "error", "resource", "accepts", "extensions" })
public record PaymentRequiredDocument(int x402Version, @Nullable String error,
		@JsonProperty(required = true) ResourceInfo resource,
		@JsonProperty(required = true) List<PaymentRequirements> accepts, @Nullable Map<String, Object> extensions) {

	public PaymentRequiredDocument {
		if (x402Version != ProtocolVersion.V2.number()) {
			throw new IllegalArgumentException("Not a document of version 2");
		}
		Objects.requireNonNull(resource, "resource");
		accepts = List.copyOf(accepts);
		extensions = PlainJson.copyOfNullable(extensions);
	}

	/**
	 * Create a document of the current version without extensions.
	 * @param error why payment is asked for, or {@code null}
	 * @param resource what is sold
	 * @param accepts the offers
	 */
	public PaymentRequiredDocument(@Nullable String error, ResourceInfo resource, List<PaymentRequirements> accepts) {
		this(ProtocolVersion.V2.number(), error, resource, accepts, null);
	}

}
