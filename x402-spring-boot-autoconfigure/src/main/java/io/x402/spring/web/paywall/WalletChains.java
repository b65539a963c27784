/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.List;
import java.util.Map;

/**
 * What a wallet is told of a network that it does not know yet: the public node of the
 * network's own operators, which the wallet talks to, never the page.
 */
final class WalletChains {

	private static final Map<String, Chain> CHAINS = Map.of("8453", new Chain("ETH", "https://mainnet.base.org"),
			"84532", new Chain("ETH", "https://sepolia.base.org"), "42161",
			new Chain("ETH", "https://arb1.arbitrum.io/rpc"), "421614",
			new Chain("ETH", "https://sepolia-rollup.arbitrum.io/rpc"), "43114",
			new Chain("AVAX", "https://api.avax.network/ext/bc/C/rpc"), "43113",
			new Chain("AVAX", "https://api.avax-test.network/ext/bc/C/rpc"), "137",
			new Chain("POL", "https://polygon-rpc.com"), "80002",
			new Chain("POL", "https://rpc-amoy.polygon.technology"), "42220",
			new Chain("CELO", "https://forno.celo.org"));

	private WalletChains() {
	}

	/**
	 * Return the parameters of {@code wallet_addEthereumChain} besides the identifier.
	 * @param id CAIP-2 identifier of an EVM network
	 * @param name name of the network
	 * @return the parameters, empty if no node is known
	 */
	static Map<String, Object> of(String id, String name) {
		Chain chain = CHAINS.get(id.substring(id.indexOf(':') + 1));
		return (chain == null) ? Map.of()
				: Map.of("chainName", name, "nativeCurrency",
						Map.of("name", chain.symbol(), "symbol", chain.symbol(), "decimals", 18), "rpcUrls",
						List.of(chain.node()));
	}

	private record Chain(String symbol, String node) {

	}

}
