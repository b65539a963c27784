/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;

/**
 * A call that was to be taken from a quota.
 *
 * @param taken whether it was; {@code false} if none is left or there is no room for the
 * client
 * @param remaining number of calls that are left
 * @param reset time until the next period begins
 * @param period tells the period of the client from its others, by means of the store
 * @since 0.2.0
 */
public record QuotaCall(boolean taken, int remaining, Duration reset, long period) {

	/**
	 * Return that there is no room for a client.
	 * @param client the client
	 * @return a call that was not taken
	 */
	public static QuotaCall noRoom(QuotaClient client) {
		return new QuotaCall(false, 0, client.period(), 0);
	}

}
