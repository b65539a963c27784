/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * Signs tokens as the documentation of Cloudflare shows them.
 */
final class SigningEdge {

	private final KeyPair keys;

	SigningEdge() {
		try {
			this.keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	String certs() {
		byte[] encoded = this.keys.getPublic().getEncoded();
		String x = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
		return "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"other\"}, {\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"kid\": \"1\", \"x\": \""
				+ x + "\"}]}";
	}

	String token(String url, Instant from) {
		return sign("{\"alg\":\"EdDSA\",\"kid\":\"1\"}", claims(url, from, "exact", "25000"));
	}

	static String claims(String url, Instant from, String scheme, String amount) {
		long time = from.getEpochSecond();
		return "{\"iat\":%d,\"nbf\":%d,\"exp\":%d,\"aud\":\"%s\",\"scheme\":\"%s\",\"amount\":\"%s\"}".formatted(time,
				time, time + 120, url, scheme, amount);
	}

	String sign(String header, String claims) {
		String text = encode(header.getBytes(StandardCharsets.UTF_8)) + "."
				+ encode(claims.getBytes(StandardCharsets.UTF_8));
		try {
			Signature signature = Signature.getInstance("Ed25519");
			signature.initSign(this.keys.getPrivate());
			signature.update(text.getBytes(StandardCharsets.US_ASCII));
			return text + "." + encode(signature.sign());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
