/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.Sha256;

/**
 * The identity of an authorization in one short text of fixed length, for primary keys.
 *
 * @since 0.1.0
 */
public final class ClaimId {

	private ClaimId() {
	}

	public static String of(AuthorizationKey key) {
		return new Sha256().field(key.network()).field(key.asset()).field(key.payer()).field(key.nonce()).value();
	}

}
