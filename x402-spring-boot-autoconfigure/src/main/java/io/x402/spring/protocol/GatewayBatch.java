/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Payments of scheme {@code exact} that Circle Gateway settles in its own ledger, and in
 * batches on chain. Buyers sign an EIP-3009 transfer in the domain of the contract that
 * holds their deposits instead of the token's; contract wallets cannot pay. The domain is
 * part of the seller's offer, so no buyer can choose it. Because the chain sees a payment
 * with its batch, payments are valid for days.
 *
 * @since 0.1.0
 */
public final class GatewayBatch {

	/**
	 * Longest time for which an offer may ask a payment to be valid.
	 * @since 0.2.0
	 */
	public static final Duration MAX_TIMEOUT = Duration.ofDays(7);

	private static final String NAME = "GatewayWalletBatched";

	private static final String VERSION = "1";

	private static final String CONTRACT = "verifyingContract";

	private GatewayBatch() {
	}

	/**
	 * Return whether an offer is paid through Circle Gateway.
	 * @param offer the offer
	 * @return {@code true} if its {@code extra} names the domain of the gateway
	 */
	public static boolean isUsedBy(PaymentRequirements offer) {
		return Schemes.of(offer) == Schemes.EXACT && isDomain(offer.extraText("name"));
	}

	/**
	 * Return whether a token is announced with the domain of the gateway.
	 * @param name name of its EIP-712 domain, or {@code null} if it is not announced
	 * @return {@code true} for the name that Circle Gateway has
	 * @since 0.2.0
	 */
	public static boolean isDomain(@Nullable String name) {
		return NAME.equals(name);
	}

	/**
	 * Return the contract in whose domain a buyer signs.
	 * @param offer an offer that is paid through the gateway
	 * @return the contract, or {@code null} if the offer does not name it
	 */
	public static @Nullable String contract(PaymentRequirements offer) {
		return offer.extraText(CONTRACT);
	}

	/**
	 * Return whether an offer names a contract, in the version of the domain that is
	 * known.
	 * @param offer an offer that is paid through the gateway
	 * @param contract address of the contract, in any letter case
	 * @return {@code true} if it does
	 * @since 0.2.0
	 */
	public static boolean isOf(PaymentRequirements offer, String contract) {
		return VERSION.equals(offer.extraText("version")) && contract.equalsIgnoreCase(contract(offer));
	}

	/**
	 * Return what an offer that is paid through the gateway says in {@code extra}.
	 * @param contract address of the contract that holds the deposits
	 * @return name, version and contract of the domain
	 * @since 0.2.0
	 */
	public static Map<String, Object> extra(String contract) {
		Map<String, Object> extra = new LinkedHashMap<>();
		extra.put("name", NAME);
		extra.put("version", VERSION);
		extra.put(CONTRACT, contract);
		return extra;
	}

}
