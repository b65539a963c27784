/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the Ed25519 keys of a JWK set.
 */
final class JsonWebKeys {

	/** What precedes the 32 bytes of a key in its X.509 encoding. */
	private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

	private static final int KEY_LENGTH = 32;

	private JsonWebKeys() {
	}

	/**
	 * Read a set. Keys of other kinds are left out.
	 * @return the keys, by their identifiers
	 * @throws RuntimeException if it cannot be read
	 */
	static Map<String, PublicKey> read(byte[] set) {
		Map<String, PublicKey> keys = new LinkedHashMap<>();
		for (JsonNode key : JsonMapper.shared().readTree(set).path("keys")) {
			byte[] bytes = "Ed25519".equals(key.path("crv").asString(""))
					? Base64.getUrlDecoder().decode(key.path("x").asString("")) : new byte[0];
			if (bytes.length == KEY_LENGTH) {
				keys.put(key.path("kid").asString(""), key(bytes));
			}
		}
		return keys;
	}

	private static PublicKey key(byte[] bytes) {
		ByteArrayOutputStream encoded = new ByteArrayOutputStream();
		encoded.writeBytes(X509_PREFIX);
		encoded.writeBytes(bytes);
		try {
			return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("A key of the set is none", ex);
		}
	}

}
