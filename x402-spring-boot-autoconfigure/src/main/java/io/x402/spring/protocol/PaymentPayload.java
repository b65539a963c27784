/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * What the buyer sends: a signed payment for one offer. Its text form never shows the
 * scheme payload, which is as good as money until it is settled. Objects are copied and
 * unmodifiable; members that are {@code null} are left out.
 *
 * @since 0.1.0
 */
public sealed interface PaymentPayload {

	/**
	 * Return the protocol version the buyer speaks.
	 * @return the version
	 */
	@JsonIgnore
	ProtocolVersion version();

	/**
	 * Return the scheme-specific part, in EVM schemes signature and authorization.
	 * @return the decoded JSON object
	 */
	Map<String, Object> payload();

	private static void requireVersion(ProtocolVersion version, int number) {
		if (number != version.number()) {
			throw new IllegalArgumentException("Not a payment of version " + version.number());
		}
	}

	/**
	 * The v2 form, sent in {@code PAYMENT-SIGNATURE}.
	 *
	 * @param x402Version the literal 2
	 * @param resource echo of the announced resource as plain JSON, or {@code null}
	 * @param accepted echo of the chosen offer as plain JSON; a selector, never trusted
	 * @param payload the scheme-specific part
	 * @param extensions extension data, or {@code null}
	 */
	@JsonPropertyOrder({ "x402Version", "resource", "accepted", "payload", "extensions" })
	record V2(int x402Version,
			@JsonDeserialize(using = OptionalObjectDeserializer.class) @Nullable Map<String, Object> resource,
			@JsonProperty(required = true) Map<String, Object> accepted,
			@JsonProperty(required = true) Map<String, Object> payload,
			@JsonDeserialize(using = OptionalObjectDeserializer.class) @Nullable Map<String, Object> extensions)
			implements
				PaymentPayload {

		public V2 {
			requireVersion(ProtocolVersion.V2, x402Version);
			resource = PlainJson.copyOfNullable(resource);
			accepted = PlainJson.copyOf(Objects.requireNonNull(accepted, "accepted"));
			payload = PlainJson.copyOf(Objects.requireNonNull(payload, "payload"));
			extensions = PlainJson.copyOfNullable(extensions);
		}

		@Override
		@JsonIgnore
		public ProtocolVersion version() {
			return ProtocolVersion.V2;
		}

		@Override
		public String toString() {
			return "PaymentPayload.V2[redacted]";
		}

	}

	/**
	 * The v1 form, sent in {@code X-PAYMENT}.
	 *
	 * @param x402Version the literal 1
	 * @param scheme the payment scheme
	 * @param network v1 name of the network, for example {@code base-sepolia}
	 * @param payload the scheme-specific part
	 */
	@JsonPropertyOrder({ "x402Version", "scheme", "network", "payload" })
	record V1(int x402Version, @JsonProperty(required = true) String scheme,
			@JsonProperty(required = true) String network,
			@JsonProperty(required = true) Map<String, Object> payload) implements PaymentPayload {

		public V1 {
			requireVersion(ProtocolVersion.V1, x402Version);
			Objects.requireNonNull(scheme, "scheme");
			Objects.requireNonNull(network, "network");
			payload = PlainJson.copyOf(Objects.requireNonNull(payload, "payload"));
		}

		@Override
		@JsonIgnore
		public ProtocolVersion version() {
			return ProtocolVersion.V1;
		}

		@Override
		public String toString() {
			return "PaymentPayload.V1[redacted]";
		}

	}

}
