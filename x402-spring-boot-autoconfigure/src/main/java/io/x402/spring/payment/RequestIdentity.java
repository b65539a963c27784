/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What tells the request of a payment from other requests.
 *
 * @param route what is bought, for the ledger: HTTP method and path pattern
 * @param fingerprint equal for repetitions of the request and for nothing else
 * @param safe whether the request can be carried out again without harm
 * @param readOnly whether the request changes nothing, so that its handler may run before
 * its payment is verified
 * @param client what tells its client from others, for limits, or {@code null} if it is
 * unknown
 * @param conditions tells whether the request meets the conditions of a response, which
 * are empty if there are none
 * @since 0.1.0
 */
public record RequestIdentity(String route, String fingerprint, boolean safe, boolean readOnly, @Nullable String client,
		Predicate<byte[]> conditions) {

	/**
	 * Create an identity of an unknown client, that meets all conditions. What can be
	 * carried out again without harm changes nothing.
	 * @param route what is bought, for the ledger: HTTP method and path pattern
	 * @param fingerprint equal for repetitions of the request and for nothing else
	 * @param safe whether the request can be carried out again without harm
	 */
	public RequestIdentity(String route, String fingerprint, boolean safe) {
		this(route, fingerprint, safe, safe, null, (conditions) -> true);
	}

	/**
	 * Return this identity for a request that changes something, even if it can be
	 * carried out again without harm.
	 * @return the identity
	 * @since 0.2.0
	 */
	public RequestIdentity changing() {
		return new RequestIdentity(this.route, this.fingerprint, this.safe, false, this.client, this.conditions);
	}

	/**
	 * Return this identity with its client.
	 * @param client what tells the client from others, or {@code null} if it is unknown
	 * @return the identity
	 * @since 0.2.0
	 */
	public RequestIdentity of(@Nullable String client) {
		return new RequestIdentity(this.route, this.fingerprint, this.safe, this.readOnly, client, this.conditions);
	}

	/**
	 * Return this identity with the conditions that its request meets.
	 * @param conditions tells whether it meets the conditions of a response
	 * @return the identity
	 * @since 0.2.0
	 */
	public RequestIdentity meeting(Predicate<byte[]> conditions) {
		return new RequestIdentity(this.route, this.fingerprint, this.safe, this.readOnly, this.client, conditions);
	}

	/**
	 * Return whether a response with these conditions can be made again for this request.
	 */
	boolean meets(byte[] conditions) {
		return conditions.length == 0 || this.conditions.test(conditions);
	}

}
