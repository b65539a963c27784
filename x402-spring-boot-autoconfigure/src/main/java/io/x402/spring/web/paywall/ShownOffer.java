/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.Map;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;

/**
 * An offer in words. Amount and token are those of the registry, not those that the offer
 * claims.
 *
 * @param offer the offer
 * @param amount amount with its token, "up to" it where less may be charged
 * @param network name of the network
 * @param testnet whether the money is worth nothing
 */
record ShownOffer(PaymentRequirements offer, String amount, String network, boolean testnet) {

	private static final int SHORT_LENGTH = 14;

	static ShownOffer of(PaymentRequirements offer, Networks networks, PaywallTexts.Texts texts) {
		Network network = networks.byId(offer.network());
		Asset asset = (network != null) ? network.assetAt(offer.asset()) : null;
		String amount = (asset != null)
				? asset.toTokens(offer.amount()).stripTrailingZeros().toPlainString() + " " + asset.symbol()
				: texts.get("units", offer.amount().toString(), offer.asset());
		return new ShownOffer(offer, Schemes.of(offer).isMetered() ? texts.get("upto", amount) : amount,
				(network != null) ? network.name() : offer.network(), network != null && network.testnet());
	}

	/**
	 * Return whether a wallet can pay it with one signature and without an allowance.
	 */
	boolean isPayable() {
		Map<String, Object> extra = this.offer.extra();
		Object method = extra.getOrDefault("assetTransferMethod", "eip3009");
		return "exact".equals(this.offer.scheme()) && new NetworkId(this.offer.network()).isEvm()
				&& "eip3009".equals(method) && extra.get("name") instanceof String
				&& extra.get("version") instanceof String;
	}

	String payTo() {
		return this.offer.payTo();
	}

	String shortPayTo() {
		String full = payTo();
		return (full.length() <= SHORT_LENGTH) ? full
				: full.substring(0, 8) + "\u2026" + full.substring(full.length() - 6);
	}

	/**
	 * Return what the script of the page needs to pay the offer.
	 */
	Map<String, Object> data() {
		return Map.of("offer", this.offer, "amount", this.amount, "network", this.network, "add",
				WalletChains.of(this.offer.network(), this.network));
	}

}
