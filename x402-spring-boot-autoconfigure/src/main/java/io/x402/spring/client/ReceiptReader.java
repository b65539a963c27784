/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Map;

import io.x402.spring.protocol.InvalidPaymentException;
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
	 * Read the receipt of either protocol version, or of the Machine Payments Protocol.
	 * @param headers headers of the response
	 * @return the receipt, whose members are single words, or {@code null} if there is
	 * none that can be read; a claim of the seller, not a proof
	 */
	public @Nullable SettlementResponse read(HttpHeaders headers) {
		String value = headers.getFirst(ProtocolVersion.V2.receiptHeader());
		if (value == null) {
			value = headers.getFirst(ProtocolVersion.V1.receiptHeader());
		}
		if (value == null) {
			return machine(headers.getFirst(MachineCredential.RECEIPT));
		}
		try {
			return SellerText.receipt(this.codec.decode(value, SettlementResponse.class));
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** It names a transaction, and neither payer nor amount. */
	private @Nullable SettlementResponse machine(@Nullable String value) {
		try {
			Map<String, Object> receipt = (value != null) ? this.codec.decodeUrlSafe(value) : Map.of();
			return (receipt.get("status") instanceof String status)
					? SellerText.receipt(new SettlementResponse("success".equals(status), null, null, null,
							(receipt.get("reference") instanceof String reference) ? reference : null, null, null, null,
							null))
					: null;
		}
		catch (InvalidPaymentException ex) {
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
