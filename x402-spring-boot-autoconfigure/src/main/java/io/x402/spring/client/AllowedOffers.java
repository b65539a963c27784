/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.money.Asset;

/**
 * Which offers may be taken. Tokens are always those of the registry.
 *
 * @param networks CAIP-2 identifiers of the networks
 * @param assets tickers or addresses of the tokens, all of the registry if empty
 * @param schemes payment schemes, of {@code exact} and {@code upto}
 * @param flows payment flows, of {@code authorization} and {@code upfront}
 * @since 0.1.0
 */
public record AllowedOffers(Set<String> networks, Set<String> assets, Set<String> schemes, Set<String> flows) {

	public AllowedOffers {
		networks = Set.copyOf(networks);
		assets = assets.stream().map((asset) -> asset.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
		schemes = Set.copyOf(schemes);
		flows = Set.copyOf(flows);
	}

	boolean allows(Asset asset) {
		return this.assets.isEmpty() || this.assets.contains(asset.symbol().toLowerCase(Locale.ROOT))
				|| this.assets.contains(asset.address().toLowerCase(Locale.ROOT));
	}

}
