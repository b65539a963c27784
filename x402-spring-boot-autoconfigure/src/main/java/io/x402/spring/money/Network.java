package io.x402.spring.money;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A blockchain that payments can be made on.
 *
 * @param id CAIP-2 identifier, for example {@code eip155:84532}
 * @param name display name, for example {@code Base Sepolia}
 * @param v1Name name in protocol v1, or {@code null} if v1 does not know the network
 * @param v1Buyers whether the legacy buyers take an offer on this network; they refuse a
 * whole price list for one network they do not know
 * @param testnet whether its money is worthless
 * @param assets known tokens; the first is the default for a price without ticker
 */
public record Network(String id, String name, @Nullable String v1Name, boolean v1Buyers, boolean testnet,
		List<Asset> assets) {

	public Network {
		assets = List.copyOf(assets);
	}

	/**
	 * Return whether this is an EVM network.
	 * @return {@code true} for the {@code eip155} namespace
	 */
	public boolean isEvm() {
		return this.id.startsWith("eip155:");
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
						"Network " + this.id + " has no default asset; name one, or add one under x402.assets"));
		}
		return this.assets.stream()
			.filter((asset) -> asset.symbol().equalsIgnoreCase(symbolOrAddress) || (isEvm()
					? asset.address().equalsIgnoreCase(symbolOrAddress) : asset.address().equals(symbolOrAddress)))
			.findFirst()
			.orElseThrow(() -> new InvalidPriceException(
					"Network " + this.id + " has no asset '" + symbolOrAddress + "'; add it under x402.assets"));
	}

}
