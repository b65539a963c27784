/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;
import java.util.Map;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Deposits at Circle Gateway from which offers may be paid. Sellers name the contract
 * that holds them, and the buyer signs only for those that it was told. The token is not
 * part of what is signed, so an offer must be priced in the USDC that ships with the
 * library: the decimals of any other token would not be those of the deposits.
 *
 * @param contracts contracts by CAIP-2 identifier of their network; where there is none,
 * offers of the gateway are not taken
 * @param maxValidity most time for which a payment is valid, whatever the seller asks for
 * @param preferred whether an offer of the gateway is taken before those of the token
 */
record GatewayDeposits(Map<String, String> contracts, Duration maxValidity, boolean preferred) {

	private static final Networks SHIPPED = Networks.load();

	private static final String TOKEN = "USDC";

	GatewayDeposits {
		contracts = Map.copyOf(contracts);
		for (String network : contracts.keySet()) {
			Network shipped = SHIPPED.byId(network);
			if (shipped == null || shipped.assets().stream().noneMatch(GatewayDeposits::isUsdc)) {
				throw new IllegalArgumentException(
						"names " + network + ", where no USDC is known that deposits could be of");
			}
		}
	}

	/**
	 * Return deposits that do not exist.
	 */
	static GatewayDeposits none() {
		return new GatewayDeposits(Map.of(), Duration.ZERO, false);
	}

	/**
	 * Return what is signed of an offer.
	 * @param offer an offer that is paid through the gateway
	 * @param asset the token that it is priced in
	 * @return its {@code extra}, or {@code null} if the offer must not be taken
	 */
	@Nullable Map<String, Object> extra(PaymentRequirements offer, Asset asset) {
		String contract = this.contracts.get(offer.network());
		return (contract != null && GatewayBatch.isOf(offer, contract) && isOfDeposits(offer.network(), asset))
				? GatewayBatch.extra(contract) : null;
	}

	private static boolean isOfDeposits(String network, Asset asset) {
		Network shipped = SHIPPED.byId(network);
		Asset known = (shipped != null) ? shipped.assetAt(asset.address()) : null;
		return known != null && isUsdc(known) && known.decimals() == asset.decimals();
	}

	private static boolean isUsdc(Asset shipped) {
		return shipped.symbol().equals(TOKEN);
	}

}
