/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.ReasonCode;

/**
 * What lets a request in without a payment of its own, or does not. Reserved before the
 * handler runs.
 *
 * @since 0.2.0
 */
public sealed interface Access permits FreeCall, PassUse {

	/**
	 * Return whether the handler may run without payment.
	 * @return {@code false} if payment is required
	 */
	boolean isGranted();

	/**
	 * Return why payment is required.
	 * @return the reason if access is not granted
	 */
	default ReasonCode refusal() {
		return ReasonCode.PAYMENT_REQUIRED;
	}

	/**
	 * Return what the client learns about it, whether or not it is granted.
	 * @return header fields of the response by name
	 */
	Map<String, String> headers();

	/**
	 * Return what the browser of the client keeps or deletes.
	 * @return values of {@code Set-Cookie}, none if the access has nothing to do with
	 * cookies
	 */
	default List<String> cookies() {
		return List.of();
	}

	/**
	 * The response is one that would have been charged. Gives back what the handler has
	 * not used of it. Later calls have no effect.
	 */
	default void commit() {
	}

	/**
	 * Give back what was reserved because the response is not one that would have been
	 * charged. Later calls have no effect.
	 */
	void giveBack();

}
