package io.x402.spring.money;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The known networks and their assets. Immutable.
 */
public final class Networks {

	private final List<Network> all;

	private Networks(List<Network> all) {
		this.all = all;
	}

	/**
	 * Load the networks and assets that ship with this library.
	 * @return the networks
	 */
	public static Networks load() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Add assets to networks; an asset replaces one of the same address or symbol.
	 * @param assets assets by network, named as in {@link #get(String)}; an unknown
	 * CAIP-2 identifier adds the network
	 * @return a new registry
	 * @throws InvalidPriceException if a network or asset is not valid
	 */
	public Networks withAssets(Map<String, ? extends Collection<Asset>> assets) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Find a network.
	 * @param name CAIP-2 identifier, v1 name, or display name in lower case with hyphens
	 * @return the network
	 * @throws InvalidPriceException if there is none; the message suggests similar names
	 */
	public Network get(String name) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Find a network by its CAIP-2 identifier.
	 * @param id the identifier
	 * @return the network, or {@code null}
	 */
	public @Nullable Network byId(String id) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Return all networks.
	 * @return the networks in the order of preference of the shipped list
	 */
	public List<Network> all() {
		return this.all;
	}

}
