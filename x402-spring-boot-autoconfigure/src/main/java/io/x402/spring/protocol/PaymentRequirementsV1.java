/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.ToStringSerializer;

/**
 * One offer in the form of protocol v1: an entry of {@code accepts} in the body of the
 * 402 response.
 *
 * @param scheme payment scheme, {@code exact}
 * @param network v1 name of the network
 * @param maxAmountRequired price in atomic units, a decimal string on the wire
 * @param resource absolute URL of the resource
 * @param description what the buyer gets, may be empty
 * @param mimeType media type of a successful response, may be empty
 * @param payTo address of the recipient
 * @param maxTimeoutSeconds how long the authorization must be valid, in seconds
 * @param asset address or mint of the token
 * @param outputSchema how the resource is called and what it responds, for catalogues;
 * absent on the wire when empty, never read from a message
 * @param extra scheme data; absent on the wire when empty
 * @since 0.1.0
 */
@JsonPropertyOrder({ "scheme", "network", "maxAmountRequired", "resource", "description", "mimeType", "payTo",
		"maxTimeoutSeconds", "asset", "outputSchema", "extra" })
public record PaymentRequirementsV1(String scheme, String network,
		@JsonSerialize(using = ToStringSerializer.class) @JsonDeserialize(
				using = AtomicAmountDeserializer.class) BigInteger maxAmountRequired,
		String resource, String description, String mimeType, String payTo, int maxTimeoutSeconds, String asset,
		@JsonProperty(access = Access.READ_ONLY) @JsonInclude(Include.NON_EMPTY) Map<String, Object> outputSchema,
		@JsonInclude(Include.NON_EMPTY) Map<String, Object> extra) {

	public PaymentRequirementsV1 {
		Objects.requireNonNull(scheme, "scheme");
		Objects.requireNonNull(network, "network");
		Objects.requireNonNull(maxAmountRequired, "maxAmountRequired");
		Objects.requireNonNull(resource, "resource");
		Objects.requireNonNull(payTo, "payTo");
		Objects.requireNonNull(asset, "asset");
		if (maxAmountRequired.signum() < 0 || maxTimeoutSeconds <= 0) {
			throw new IllegalArgumentException("Amount or timeout of the offer is out of range");
		}
		description = (description != null) ? description : "";
		mimeType = (mimeType != null) ? mimeType : "";
		outputSchema = PlainJson.copyOrEmpty(outputSchema);
		extra = PlainJson.copyOrEmpty(extra);
	}

	/**
	 * Express an offer in the form of protocol v1.
	 * @param requirements the offer
	 * @param network v1 name of its network
	 * @param resource what is sold
	 * @return the same offer in v1 form
	 */
	public static PaymentRequirementsV1 of(PaymentRequirements requirements, String network, ResourceInfo resource) {
		return new PaymentRequirementsV1(requirements.scheme(), network, requirements.amount(), resource.url(),
				(resource.description() != null) ? resource.description() : "",
				(resource.mimeType() != null) ? resource.mimeType() : "", requirements.payTo(),
				requirements.maxTimeoutSeconds(), requirements.asset(), Map.of(), requirements.extra());
	}

	/**
	 * Return the same offer with a description of its resource for catalogues.
	 * @param outputSchema how the resource is called and what it responds
	 * @return the offer
	 */
	public PaymentRequirementsV1 withOutputSchema(Map<String, Object> outputSchema) {
		return new PaymentRequirementsV1(this.scheme, this.network, this.maxAmountRequired, this.resource,
				this.description, this.mimeType, this.payTo, this.maxTimeoutSeconds, this.asset, outputSchema,
				this.extra);
	}

}
