/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the ids of challenges from all that they say, so that none must be remembered.
 */
final class ChallengeSeal {

	private static final String ALGORITHM = "HmacSHA256";

	private final SecretKeySpec key;

	ChallengeSeal(String secret) {
		this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
	}

	/**
	 * Return the id that belongs to a challenge.
	 */
	String id(Challenge challenge) {
		byte[] mac = mac(challenge.sealed().getBytes(StandardCharsets.UTF_8));
		return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
	}

	/**
	 * Return whether a challenge was made with the same secret and says the same still.
	 */
	boolean isIntact(Challenge challenge) {
		return MessageDigest.isEqual(id(challenge).getBytes(StandardCharsets.UTF_8),
				challenge.id().getBytes(StandardCharsets.UTF_8));
	}

	private byte[] mac(byte[] text) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			return mac.doFinal(text);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
