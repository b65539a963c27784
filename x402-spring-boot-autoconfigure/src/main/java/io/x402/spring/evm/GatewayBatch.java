/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * Payments of scheme {@code exact} that Circle Gateway settles in its own ledger, and in
 * batches on chain. Buyers sign an EIP-3009 transfer in the domain of the contract that
 * holds their deposits instead of the token's; contract wallets cannot pay. The domain is
 * part of the seller's offer, so no buyer can choose it.
 *
 * @since 0.1.0
 */
public final class GatewayBatch {

	private static final String NAME = "GatewayWalletBatched";

	private static final String CONTRACT = "verifyingContract";

	private GatewayBatch() {
	}

	/**
	 * Return whether an offer is paid through Circle Gateway.
	 * @param offer the offer
	 * @return {@code true} if its {@code extra} names the domain of the gateway
	 */
	public static boolean isUsedBy(PaymentRequirements offer) {
		return Schemes.of(offer) == Schemes.EXACT && NAME.equals(offer.extraText("name"));
	}

	/**
	 * Return the contract in whose domain a buyer signs.
	 * @param offer an offer that is paid through the gateway
	 * @return the contract, or {@code null} if the offer does not name it
	 */
	static @Nullable String contract(PaymentRequirements offer) {
		return offer.extraText(CONTRACT);
	}

}
