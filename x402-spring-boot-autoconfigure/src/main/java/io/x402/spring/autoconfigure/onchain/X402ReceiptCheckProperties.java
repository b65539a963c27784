/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.TokenAmount;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the check of a remote facilitator's receipts against a
 * node.
 *
 * @param enabled Whether to check receipts. Enabled by default if the URL of a node is
 * set here; must be set to use the nodes of a service connection.
 * @param signatures Whether the nodes check signatures that are not by the payer's own
 * key, before the facilitator verifies the payment.
 * @param rpc JSON-RPC nodes.
 * @param search Search for a settlement.
 * @param above Amount in tokens above which receipts are checked.
 * @param confirmations Number of blocks that must confirm a payment, including the block
 * of its transaction.
 * @param timeout Maximum time to wait for a transaction, after which the outcome is
 * unknown.
 */
@ConfigurationProperties("x402.receipt-check")
record X402ReceiptCheckProperties(@Nullable Boolean enabled, @DefaultValue("true") boolean signatures,
		@NestedConfigurationProperty @DefaultValue EvmRpcProperties rpc,
		@NestedConfigurationProperty @DefaultValue SettlementSearchProperties search,
		@DefaultValue("0") TokenAmount above, @DefaultValue("1") int confirmations,
		@DefaultValue("20s") Duration timeout) {

	/** Prefix of the properties. */
	static final String PREFIX = "x402.receipt-check.";

	X402ReceiptCheckProperties {
		rpc.validate(PREFIX + "rpc.");
		search.validate(PREFIX + "search.");
		Limits.number(PREFIX + "confirmations", confirmations, 1);
		Limits.duration(PREFIX + "timeout", timeout, Duration.ZERO, Duration.ofMinutes(10));
	}

}
