/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.nio.charset.StandardCharsets;

import io.x402.spring.protocol.HmacSha256;

/**
 * Makes the ids of challenges from all that they say, so that none must be remembered.
 */
final class ChallengeSeal {

	private final HmacSha256 hmac;

	ChallengeSeal(String secret) {
		this.hmac = new HmacSha256(secret.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return the id that belongs to a challenge.
	 */
	String id(Challenge challenge) {
		return this.hmac.base64(challenge.sealed());
	}

	/**
	 * Return whether a challenge was made with the same secret and says the same still.
	 */
	boolean isIntact(Challenge challenge) {
		return HmacSha256.areEqual(id(challenge), challenge.id());
	}

}
