/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * Counts the free calls of clients. Several instances with one quota share one. Its size
 * is limited: a client that there is no room for has no free calls, so that a flood of
 * clients neither fills the store nor resets the counts of others.
 *
 * @since 0.2.0
 */
public interface QuotaStore {

	/**
	 * Take a call of a client if there is one left, in one atomic step. The period of a
	 * client begins with its first call.
	 * @param client the client and its quota
	 * @return the call, taken or not
	 * @throws PaymentStoreException if the store is not available; no call is free then
	 */
	QuotaCall take(QuotaClient client);

	/**
	 * Give back a call that was taken. It has no effect after the end of its period.
	 * @param client the client and its quota
	 * @param call the call, taken
	 * @throws PaymentStoreException if the store is not available; the call is lost then
	 */
	void giveBack(QuotaClient client, QuotaCall call);

	/**
	 * Delete counts whose period has ended. To be called about once a minute.
	 * @throws PaymentStoreException if the store is not available
	 */
	default void maintain() {
	}

}
