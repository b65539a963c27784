/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.math.BigInteger;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import org.jspecify.annotations.Nullable;

/**
 * An amount of money for a reader. Texts, because programs that read numbers of JSON
 * round them.
 *
 * @param atomic amount in atomic units of the token
 * @param decimal amount in tokens, or {@code null} if the token is not known
 * @param token ticker of the token, or {@code null} if it is not known
 * @param asset address or mint of the token
 */
record ShownAmount(String atomic, @Nullable String decimal, @Nullable String token, String asset) {

	/**
	 * Return an amount of a token.
	 * @param amount amount in atomic units
	 * @param asset address or mint of the token
	 * @param network CAIP-2 identifier of its network
	 * @param networks the known networks
	 * @return the amount
	 */
	static ShownAmount of(BigInteger amount, String asset, String network, Networks networks) {
		Network known = networks.byId(network);
		Asset token = (known != null) ? known.assetAt(asset) : null;
		return (token != null) ? new ShownAmount(amount.toString(), token.toTokens(amount).toPlainString(),
				token.symbol(), token.address()) : new ShownAmount(amount.toString(), null, null, asset);
	}

}
