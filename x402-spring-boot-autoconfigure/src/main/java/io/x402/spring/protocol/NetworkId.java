/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * CAIP-2 identifier of a network, with the rules of its family for addresses and
 * transactions. Any text is taken; one of an unknown family compares by its characters.
 *
 * @param value the identifier, for example {@code eip155:84532}
 * @since 0.1.0
 */
public record NetworkId(String value) {

	/**
	 * Pattern that stands for all EVM networks where the protocol asks for one.
	 */
	public static final String ALL_EVM = EvmFamily.NAMESPACE + ":*";

	private static final List<NetworkFamily> FAMILIES = List.of(new EvmFamily(), new SolanaFamily());

	private static final NetworkFamily UNKNOWN = new UnknownFamily();

	public NetworkId {
		Objects.requireNonNull(value, "value");
	}

	/**
	 * Return the identifier of an EVM network.
	 * @param chainId the chain id
	 * @return the identifier
	 */
	public static NetworkId ofChain(BigInteger chainId) {
		return new NetworkId(EvmFamily.NAMESPACE + ":" + chainId);
	}

	/**
	 * Return whether this is an EVM network.
	 * @return {@code true} for the {@code eip155} namespace
	 */
	public boolean isEvm() {
		return family() instanceof EvmFamily;
	}

	/**
	 * Return the chain id.
	 * @return the chain id, or {@code null} if this does not identify an EVM network
	 */
	public @Nullable BigInteger chainId() {
		return isEvm() ? EvmFamily.chainId(reference()) : null;
	}

	/**
	 * Return whether this is an identifier of a known family in its canonical spelling.
	 * @return {@code false} if no network has this identifier
	 */
	public boolean isWellFormed() {
		return family().isReference(reference());
	}

	/**
	 * Return whether a text can be an address on this network.
	 * @param text the text
	 * @return {@code true} if it is an address, or if the family is not known
	 */
	public boolean isAddress(String text) {
		return family().isAddress(text);
	}

	/**
	 * Return whether two texts are one address.
	 * @param address an address
	 * @param other what is compared with it, of any type
	 * @return {@code true} if both name the same account or contract
	 */
	public boolean isSameAddress(String address, @Nullable Object other) {
		return other instanceof String text && family().isSameAddress(address, text);
	}

	/**
	 * Return the one spelling in which addresses are compared and stored.
	 * @param address an address
	 * @return the same address
	 */
	public String canonicalAddress(String address) {
		return family().canonical(address);
	}

	/**
	 * Return the one spelling in which transactions are compared and stored.
	 * @param transaction identifier of a transaction, may be empty
	 * @return the same transaction
	 */
	public String canonicalTransaction(String transaction) {
		return family().canonical(transaction);
	}

	/**
	 * Read the part of a payment that its scheme defines.
	 * @param payload the decoded JSON object
	 * @return what was understood of it
	 */
	public SchemePayload read(Map<String, Object> payload) {
		return family().read(payload);
	}

	/**
	 * Return what makes a payment on this network unique.
	 * @param payload the part that its scheme defines
	 * @param asset address of the token, in any spelling
	 * @return the key
	 */
	public AuthorizationKey key(SchemePayload payload, String asset) {
		return payload.key(this.value, canonicalAddress(asset));
	}

	private NetworkFamily family() {
		for (NetworkFamily family : FAMILIES) {
			if (this.value.startsWith(family.namespace() + ":")) {
				return family;
			}
		}
		return UNKNOWN;
	}

	private String reference() {
		return this.value.substring(this.value.indexOf(':') + 1);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
