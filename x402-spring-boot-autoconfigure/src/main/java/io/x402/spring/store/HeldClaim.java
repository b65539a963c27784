/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * A claim as it is held in memory.
 */
interface HeldClaim {

	/**
	 * Return what it says.
	 * @param key the key it is held under
	 */
	ClaimRecord unpack(AuthorizationKey key);

	/**
	 * Return when it may be forgotten.
	 */
	Instant expiresAt();

	/**
	 * Return how much memory it takes with all that belongs to it, except its response,
	 * in bytes.
	 */
	long memory();

	/**
	 * Estimate how much memory the extensions of a receipt take, which facilitators
	 * seldom send. An object of JSON takes several times its text.
	 */
	static long extensions(@Nullable SettlementResponse receipt) {
		if (receipt == null || (receipt.extensions() == null && receipt.extra() == null)) {
			return 0;
		}
		int text = String.valueOf(receipt.extensions()).length() + String.valueOf(receipt.extra()).length();
		return 1000L + 8L * text;
	}

	/**
	 * A claim that is read and changed often.
	 *
	 * @param content the claim
	 */
	record Unpacked(ClaimRecord content) implements HeldClaim {

		/** Measured with all that belongs to a claim, its settle request left out. */
		static final int MEMORY = 1700;

		@Override
		public ClaimRecord unpack(AuthorizationKey key) {
			return this.content;
		}

		@Override
		public Instant expiresAt() {
			return this.content.claim().expiresAt();
		}

		@Override
		public long memory() {
			byte[] request = this.content.request();
			return MEMORY + this.content.conditions().length + ((request != null) ? request.length : 0)
					+ extensions(this.content.claim().receipt());
		}

	}

}
