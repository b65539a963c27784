/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentCodec;

/**
 * Tokens for the facilitator of the Coinbase Developer Platform: a JSON web token of its
 * own for every call, valid for two minutes and for that method and address only.
 */
final class CoinbaseTokens {

	private static final long VALIDITY_SECONDS = 120;

	private static final int NONCE_LENGTH = 16;

	private final String keyId;

	private final TokenKey key;

	private final Clock clock;

	private final PaymentCodec codec = new PaymentCodec();

	private final SecureRandom random = new SecureRandom();

	/**
	 * Create an authentication.
	 * @param keyId identifier of the API key
	 * @param keySecret its secret: base64 of an Ed25519 key of 64 bytes, or PEM of an EC
	 * P-256 key
	 * @param clock tells the current time
	 * @throws IllegalArgumentException if the secret is not such a key; the message
	 * repeats nothing of it
	 */
	CoinbaseTokens(String keyId, String keySecret, Clock clock) {
		this.keyId = keyId;
		this.key = TokenKey.parse(keySecret);
		this.clock = clock;
	}

	Map<String, String> headers(FacilitatorCall call) {
		return Map.of("Authorization", "Bearer " + token(call));
	}

	private String token(FacilitatorCall call) {
		String content = encode(this.codec.write(header())) + "." + encode(this.codec.write(claims(call)));
		return content + "." + encode(this.key.sign(content.getBytes(StandardCharsets.US_ASCII)));
	}

	private Map<String, Object> header() {
		byte[] nonce = new byte[NONCE_LENGTH];
		this.random.nextBytes(nonce);
		Map<String, Object> header = new LinkedHashMap<>();
		header.put("alg", this.key.algorithm());
		header.put("kid", this.keyId);
		header.put("typ", "JWT");
		header.put("nonce", HexFormat.of().formatHex(nonce));
		return header;
	}

	private Map<String, Object> claims(FacilitatorCall call) {
		long now = this.clock.instant().getEpochSecond();
		Map<String, Object> claims = new LinkedHashMap<>();
		claims.put("sub", this.keyId);
		claims.put("iss", "cdp");
		claims.put("uris", List.of(call.method() + " " + call.uri().getRawAuthority() + call.uri().getRawPath()));
		claims.put("iat", now);
		claims.put("nbf", now);
		claims.put("exp", now + VALIDITY_SECONDS);
		return claims;
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	@Override
	public String toString() {
		return "CoinbaseTokens[" + this.key.algorithm() + "]";
	}

}
