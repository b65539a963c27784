/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Receipt of a settlement: the response of the facilitator's {@code /settle} and the
 * content of {@code PAYMENT-RESPONSE} ({@code X-PAYMENT-RESPONSE} in v1).
 *
 * @param success whether the money moved
 * @param errorReason machine-readable reason of a failure, or {@code null}
 * @param errorMessage text of a failure, or {@code null}
 * @param payer address of the buyer, or {@code null}
 * @param transaction hash of the transaction, empty when none was sent
 * @param network CAIP-2 identifier in v2, v1 name in v1
 * @param amount settled amount in atomic units, or {@code null} when the facilitator does
 * not name it
 * @param extensions extension data, or {@code null}
 * @param extra scheme data, or {@code null}
 * @since 0.1.0
 */
@JsonPropertyOrder({ "success", "errorReason", "errorMessage", "payer", "transaction", "network", "amount" })
public record SettlementResponse(@JsonProperty(required = true) boolean success, @Nullable String errorReason,
		@Nullable String errorMessage, @Nullable String payer, @Nullable String transaction, @Nullable String network,
		@Nullable String amount, @Nullable Map<String, Object> extensions, @Nullable Map<String, Object> extra) {

	public SettlementResponse {
		extensions = PlainJson.copyOfNullable(extensions);
		extra = PlainJson.copyOfNullable(extra);
	}

	/**
	 * Return the transaction, if one was sent.
	 * @return its hash, or {@code null}
	 */
	public @Nullable String transactionOrNull() {
		return (this.transaction == null || this.transaction.isBlank()) ? null : this.transaction;
	}

	/**
	 * Return the settled amount.
	 * @return atomic units of the asset, or {@code null} if the receipt does not name it
	 */
	public @Nullable BigInteger settledAmount() {
		return AtomicAmount.parse(this.amount);
	}

	/**
	 * Return the receipt of a settlement that moved the money.
	 * @param transaction hash of the transaction
	 * @param network the network
	 * @param payer address of the buyer
	 * @return the receipt
	 */
	public static SettlementResponse success(String transaction, String network, String payer) {
		return new SettlementResponse(true, null, null, payer, transaction, network, null, null, null);
	}

	/**
	 * Return the receipt of a settlement that did not happen.
	 * @param errorReason machine-readable reason
	 * @param network the network
	 * @param payer address of the buyer, or {@code null}
	 * @return the receipt
	 */
	public static SettlementResponse failure(String errorReason, String network, @Nullable String payer) {
		return new SettlementResponse(false, errorReason, null, payer, "", network, null, null, null);
	}

}
