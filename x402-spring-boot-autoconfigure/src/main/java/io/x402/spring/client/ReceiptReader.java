/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.http.HttpHeaders;

/**
 * Reads the receipt of a paid response, for callers that see no more of a request than
 * its {@code ResponseEntity}.
 *
 * @since 0.1.0
 */
public final class ReceiptReader {

	private final PaymentCodec codec = new PaymentCodec();

	/**
	 * Read the receipt of either protocol version.
	 * @param headers headers of the response
	 * @return the receipt, whose members are single words, or {@code null} if there is
	 * none that can be read; a claim of the seller, not a proof
	 */
	public @Nullable SettlementResponse read(HttpHeaders headers) {
		String value = headers.getFirst(ProtocolVersion.V2.receiptHeader());
		if (value == null) {
			value = headers.getFirst(ProtocolVersion.V1.receiptHeader());
		}
		try {
			return (value != null) ? SellerText.receipt(this.codec.decode(value, SettlementResponse.class)) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/**
	 * Read the receipt that a tool has given.
	 */
	@Nullable SettlementResponse read(byte[] json) {
		try {
			return (json.length > 0) ? SellerText.receipt(this.codec.read(json, SettlementResponse.class)) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

}
