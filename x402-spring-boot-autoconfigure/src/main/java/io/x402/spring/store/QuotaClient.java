/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;

import io.x402.spring.protocol.Sha256;

/**
 * A client whose free calls are counted. Stores keep digests only, since what tells
 * clients apart may be secret.
 *
 * @param quota digest of the price and its quota, the same in all instances
 * @param client digest of what tells the client from others
 * @param limit number of calls in a period, at least one
 * @param period length of a period
 * @since 0.2.0
 */
public record QuotaClient(String quota, String client, int limit, Duration period) {

	/**
	 * Return a client.
	 * @param price name of the price, the same in all instances
	 * @param client what tells the client from others
	 * @param limit number of calls in a period, at least one
	 * @param period length of a period
	 * @return the client; another quota of the same price counts for itself
	 */
	public static QuotaClient of(String price, String client, int limit, Duration period) {
		String quota = new Sha256().field(price).field(limit + " per " + period).value();
		return new QuotaClient(quota, Sha256.of(client), limit, period);
	}

}
