package io.x402.spring.protocol;

import java.util.List;

/**
 * Rules that the networks of one CAIP-2 namespace share. A new family is a new
 * implementation, listed in {@link #of(String)}.
 */
sealed interface NetworkFamily permits EvmFamily, SolanaFamily, UnknownFamily {

	/**
	 * Return the family of a network.
	 * @param network CAIP-2 identifier
	 * @return the family, which is unknown for any other text
	 */
	static NetworkFamily of(String network) {
		for (NetworkFamily family : Known.FAMILIES) {
			if (network.startsWith(family.namespace() + ":")) {
				return family;
			}
		}
		return Known.UNKNOWN;
	}

	/**
	 * Return the part of an identifier before the colon.
	 */
	String namespace();

	/**
	 * Return whether the part of an identifier after the colon is well-formed.
	 */
	boolean isReference(String reference);

	/**
	 * Return whether a text can be an address.
	 */
	boolean isAddress(String text);

	/**
	 * Return whether two texts are one address.
	 */
	boolean isSameAddress(String address, String other);

	/**
	 * Return the canonical spelling of an address or a transaction.
	 */
	String canonical(String text);

	/**
	 * The families.
	 */
	final class Known {

		private static final List<NetworkFamily> FAMILIES = List.of(new EvmFamily(), new SolanaFamily());

		private static final NetworkFamily UNKNOWN = new UnknownFamily();

		private Known() {
		}

	}

}
