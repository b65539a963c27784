/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import io.x402.spring.protocol.AuthorizationKey;
import org.jspecify.annotations.Nullable;

/**
 * What is to be claimed.
 *
 * @param key identity of the authorization
 * @param fingerprint fingerprint of the request it is bound to
 * @param payload digest of the whole payment; the identical payment has the same
 * @param expiresAt when the claim may be forgotten
 * @param sale what the ledger shows, or {@code null} for a claim that is not about money
 * @since 0.1.0
 */
public record NewClaim(AuthorizationKey key, String fingerprint, String payload, Instant expiresAt,
		@Nullable Sale sale) {

	/**
	 * Return this with another end.
	 * @param end when the claim may be forgotten
	 * @return this otherwise unchanged
	 */
	public NewClaim expiringAt(Instant end) {
		return new NewClaim(this.key, this.fingerprint, this.payload, end, this.sale);
	}

}
