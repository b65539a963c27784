/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The part of a payment that its scheme defines, read once: who pays, until when, and
 * what makes the authorization unique.
 *
 * @since 0.1.0
 */
public sealed interface SchemePayload permits EvmPayload, TransferPayload, SolanaPayload, OpaquePayload {

	/**
	 * Return the address that pays.
	 * @return the address, or {@code null} if the payload does not show it
	 */
	@Nullable String payer();

	/**
	 * Return when the authorization ends.
	 * @return the end, or {@code null} if the payload does not show it or it is too far
	 * away for an instant in milliseconds
	 */
	@Nullable Instant expiresAt();

	/**
	 * Return what makes the authorization unique.
	 * @param network CAIP-2 identifier of the network
	 * @param asset the token in its canonical spelling
	 * @return the key
	 */
	AuthorizationKey key(String network, String asset);

	/**
	 * Return whether the authorization has this one key, however it is encoded.
	 * @return {@code false} if the same authorization may be sent again under another key
	 */
	default boolean hasOneKey() {
		return true;
	}

	/**
	 * Return how long after its settlement the response to this payment must at least be
	 * collectable, whatever a seller allows for others.
	 * @return the time, zero unless the scheme asks for it
	 * @since 0.2.0
	 */
	default Duration collectableFor() {
		return Duration.ZERO;
	}

	/**
	 * Return the payload as it is sent to a facilitator.
	 * @return a JSON object
	 */
	Map<String, Object> toMap();

}
