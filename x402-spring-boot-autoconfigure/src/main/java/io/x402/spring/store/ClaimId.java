/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.x402.spring.protocol.AuthorizationKey;

/**
 * The identity of an authorization in one short text of fixed length, for primary keys.
 *
 * @since 0.1.0
 */
public final class ClaimId {

	private ClaimId() {
	}

	public static String of(AuthorizationKey key) {
		MessageDigest digest = sha256();
		update(digest, key.network());
		update(digest, key.asset());
		update(digest, key.payer());
		update(digest, key.nonce());
		return HexFormat.of().formatHex(digest.digest());
	}

	private static void update(MessageDigest digest, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
