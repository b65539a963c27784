/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Token by which the Monetization Gateway of Cloudflare says that a request is paid for:
 * a JWT with an Ed25519 signature, for one address and two minutes.
 *
 * @param amount what is paid, in atomic units
 */
record EdgeToken(String amount) {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

	private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);

	private static final int MAX_LENGTH = 4096;

	/**
	 * Read the identifier of the key that is said to have signed a token. It is not
	 * verified.
	 * @return the identifier, or {@code null} if there is none
	 */
	static @Nullable String keyId(String token) {
		try {
			return (token.length() <= MAX_LENGTH) ? decode(token.split("\\.", 2)[0]).path("kid").asString(null) : null;
		}
		catch (IllegalArgumentException | JacksonException ex) {
			return null;
		}
	}

	/**
	 * Verify a token.
	 * @param token the token
	 * @param keys the keys of which one must have signed it
	 * @param url the address that is requested, without query
	 * @param query its query, or {@code null} if it has none
	 * @param now the time
	 * @return the token, or {@code null} if it does not prove that the request is paid
	 * for
	 */
	static @Nullable EdgeToken verify(String token, Collection<PublicKey> keys, String url, @Nullable String query,
			Instant now) {
		String[] parts = token.split("\\.", -1);
		if (token.length() > MAX_LENGTH || parts.length != 3) {
			return null;
		}
		try {
			JsonNode header = decode(parts[0]);
			byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
			byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
			if (!"EdDSA".equals(header.path("alg").asString("")) || header.has("crit")
					|| keys.stream().noneMatch((key) -> isSigned(key, signed, signature))) {
				return null;
			}
			JsonNode claims = decode(parts[1]);
			String amount = claims.path("amount").asString("");
			boolean valid = "exact".equals(claims.path("scheme").asString("")) && amount.matches("[1-9][0-9]{0,38}")
					&& isFor(claims.path("aud").asString(""), url, query) && isCurrent(claims, now);
			return valid ? new EdgeToken(amount) : null;
		}
		catch (IllegalArgumentException | JacksonException ex) {
			return null;
		}
	}

	private static JsonNode decode(String part) {
		return MAPPER.readTree(Base64.getUrlDecoder().decode(part));
	}

	private static boolean isSigned(PublicKey key, byte[] signed, byte[] signature) {
		try {
			Signature verifier = Signature.getInstance("Ed25519");
			verifier.initVerify(key);
			verifier.update(signed);
			return verifier.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static boolean isFor(String audience, String url, @Nullable String query) {
		return audience.equals(url) || (query != null && audience.equals(url + "?" + query));
	}

	private static boolean isCurrent(JsonNode claims, Instant now) {
		long seconds = now.getEpochSecond();
		long expires = claims.path("exp").asLong(0);
		return claims.path("nbf").asLong(Long.MAX_VALUE) <= seconds + CLOCK_SKEW.toSeconds()
				&& expires > seconds - CLOCK_SKEW.toSeconds() && expires <= seconds + MAX_LIFETIME.toSeconds();
	}

}
