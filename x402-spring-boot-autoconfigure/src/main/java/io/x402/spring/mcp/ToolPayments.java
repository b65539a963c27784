/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payment of a call: a JSON object, as official clients send it, or base64 of
 * one.
 */
final class ToolPayments {

	static final String PAYMENT = "x402/payment";

	private final PaymentCodec codec;

	private final List<ProtocolVersion> versions;

	/**
	 * Create a reader.
	 * @param codec decodes payments
	 * @param versions the protocol versions to read
	 */
	ToolPayments(PaymentCodec codec, Set<ProtocolVersion> versions) {
		this.codec = codec;
		this.versions = versions.stream().sorted(Comparator.reverseOrder()).toList();
	}

	/**
	 * Read the payment of a call.
	 * @return the payment, or {@code null} if there is none
	 * @throws InvalidPaymentException if it is not well-formed
	 */
	@Nullable PaymentPayload read(CallToolRequest request) {
		Object payment = (request.meta() != null) ? request.meta().get(PAYMENT) : null;
		if (payment instanceof Map<?, ?> map) {
			return decode(this.codec.encode(map));
		}
		return (payment instanceof String text) ? decode(text) : null;
	}

	/**
	 * Return a call without what only the gate may put into it.
	 */
	static CallToolRequest withoutVerified(CallToolRequest request) {
		if (request.meta() == null || !request.meta().containsKey(VerifiedPayment.class.getName())) {
			return request;
		}
		Map<String, Object> meta = new HashMap<>(request.meta());
		meta.remove(VerifiedPayment.class.getName());
		return new CallToolRequest(request.name(), request.arguments(), meta);
	}

	private PaymentPayload decode(String payment) {
		try {
			return this.codec.decodePayment(this.versions.get(0), payment);
		}
		catch (InvalidPaymentException ex) {
			if (ex.reason() != ReasonCode.UNSUPPORTED_VERSION || this.versions.size() == 1) {
				throw ex;
			}
			return this.codec.decodePayment(this.versions.get(1), payment);
		}
	}

}
