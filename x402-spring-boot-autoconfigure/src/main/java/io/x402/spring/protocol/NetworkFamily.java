/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;

/**
 * Rules that the networks of one CAIP-2 namespace share. A new family is a new
 * implementation, listed in {@link NetworkId}.
 */
sealed interface NetworkFamily permits EvmFamily, SolanaFamily, UnknownFamily {

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
	 * Return whether two texts are one address. There is one way to write it unless a
	 * family says otherwise.
	 */
	default boolean isSameAddress(String address, String other) {
		return address.equals(other);
	}

	/**
	 * Return the canonical spelling of an address or a transaction.
	 */
	default String canonical(String text) {
		return text;
	}

	/**
	 * Read the scheme payload of a payment.
	 */
	SchemePayload read(Map<String, Object> payload);

}
