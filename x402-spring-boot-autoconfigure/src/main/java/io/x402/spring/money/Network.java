/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import io.x402.spring.protocol.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * A blockchain that payments can be made on.
 *
 * @param id CAIP-2 identifier, for example {@code eip155:84532}
 * @param name display name, for example {@code Base Sepolia}
 * @param v1Name name in protocol v1, or {@code null} if v1 does not know the network
 * @param v1Buyers whether the legacy buyers take an offer on this network; they refuse
 * all offers for one network that they do not know
 * @param testnet whether its money is worthless
 * @param assets known tokens; the first is the default for a price without ticker
 * @since 0.1.0
 */
public record Network(String id, String name, @Nullable String v1Name, boolean v1Buyers, boolean testnet,
		List<Asset> assets) {

	private static final Pattern ZERO_ADDRESS = Pattern.compile("0x0{40}");

	public Network {
		assets = List.copyOf(assets);
	}

	/**
	 * Return the identifier with its rules.
	 * @return the identifier
	 */
	public NetworkId networkId() {
		return new NetworkId(this.id);
	}

	/**
	 * Return whether this is an EVM network.
	 * @return {@code true} for the {@code eip155} namespace
	 */
	public boolean isEvm() {
		return networkId().isEvm();
	}

	/**
	 * Find a token by ticker or address.
	 * @param symbolOrAddress ticker or address, letter case does not matter for tickers
	 * and EVM addresses; {@code null} and {@code USD} stand for the default
	 * @return the token
	 * @throws InvalidPriceException if the network has no such token
	 */
	public Asset asset(@Nullable String symbolOrAddress) {
		if (symbolOrAddress == null || symbolOrAddress.equalsIgnoreCase("USD")) {
			return this.assets.stream()
				.findFirst()
				.orElseThrow(() -> new InvalidPriceException(
						"Network " + this.id + " has no default asset; add one under x402.assets"));
		}
		return this.assets.stream()
			.filter((asset) -> asset.symbol().equalsIgnoreCase(symbolOrAddress)
					|| isSameAddress(asset.address(), symbolOrAddress))
			.findFirst()
			.orElseThrow(() -> new InvalidPriceException("Network " + this.id + " has no asset "
					+ InvalidPriceException.quote(symbolOrAddress) + "; add it under x402.assets"));
	}

	/**
	 * Return the asset at an address.
	 * @param address contract address or mint, on EVM networks in any letter case
	 * @return the asset, or {@code null} if it is not known
	 */
	public @Nullable Asset assetAt(String address) {
		return this.assets.stream().filter((asset) -> isSameAddress(asset.address(), address)).findFirst().orElse(null);
	}

	/**
	 * Return this network with more assets, each of which replaces those of the same
	 * address or ticker.
	 */
	Network withAssets(Collection<Asset> additions) {
		List<Asset> given = new ArrayList<>();
		List<Asset> merged = new ArrayList<>(this.assets);
		for (Asset addition : additions) {
			requireValid(addition);
			if (given.stream().anyMatch((asset) -> isSame(asset, addition))) {
				throw new InvalidPriceException(
						"Network " + this.id + " is given two assets of the address or ticker of " + addition.symbol());
			}
			given.add(addition);
			Asset replaced = merged.stream().filter((asset) -> isSame(asset, addition)).findFirst().orElse(null);
			merged.add((replaced != null) ? merged.indexOf(replaced) : merged.size(), addition);
			merged.removeIf((asset) -> asset != addition && isSame(asset, addition));
		}
		return new Network(this.id, this.name, this.v1Name, this.v1Buyers, this.testnet, merged);
	}

	private void requireValid(Asset asset) {
		if (!networkId().isAddress(asset.address()) || ZERO_ADDRESS.matcher(asset.address()).matches()) {
			throw new InvalidPriceException(InvalidPriceException.quote(asset.address()) + " of " + asset.symbol()
					+ " is not the address of a token on " + this.id);
		}
		if (isEvm() == (asset.transferMethod() == TransferMethod.SPL)) {
			throw new InvalidPriceException(
					asset.symbol() + " cannot be moved by " + asset.transferMethod() + " on " + this.id);
		}
	}

	private boolean isSame(Asset one, Asset other) {
		return one.symbol().equalsIgnoreCase(other.symbol()) || isSameAddress(one.address(), other.address());
	}

	private boolean isSameAddress(String one, String other) {
		return networkId().isSameAddress(one, other);
	}

}
