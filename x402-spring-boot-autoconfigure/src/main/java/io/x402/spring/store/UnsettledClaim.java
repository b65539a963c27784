/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * A claim whose settlement has an unknown outcome.
 *
 * @param claim the claim
 * @param request what was asked, as it was recorded
 * @since 0.1.0
 */
public record UnsettledClaim(Claim claim, byte[] request) {

	@Override
	public String toString() {
		return "UnsettledClaim[" + this.claim.key() + "]";
	}

}
