/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Proves to a remote facilitator who is calling. It is asked for every single call, so
 * credentials may be short-lived. Its text form never shows them.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FacilitatorAuthentication {

	/**
	 * Return the headers that authenticate a call.
	 * @param call the call they are for and are sent with, and with nothing else
	 * @return headers by name, printable ASCII
	 * @throws RuntimeException if there are no credentials right now; the call is not
	 * made then
	 */
	Map<String, String> headers(FacilitatorCall call);

	/**
	 * Return an authentication without headers.
	 * @return an authentication for facilitators that ask for none
	 */
	static FacilitatorAuthentication none() {
		return (call) -> Map.of();
	}

	/**
	 * Return an authentication by bearer token.
	 * @param token supplies the token for each call
	 * @return the authentication
	 */
	static FacilitatorAuthentication bearer(Supplier<String> token) {
		return (call) -> Map.of("Authorization", "Bearer " + token.get());
	}

	/**
	 * Return an authentication by user name and password.
	 * @param username the user name, without colon
	 * @param password the password
	 * @return the authentication
	 */
	static FacilitatorAuthentication basic(String username, String password) {
		String credentials = Base64.getEncoder()
			.encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
		return (call) -> Map.of("Authorization", "Basic " + credentials);
	}

	/**
	 * Return an authentication to the facilitator of the Coinbase Developer Platform: a
	 * JSON web token of its own for every call, valid for two minutes and for that method
	 * and address only.
	 * @param keyId identifier of the API key
	 * @param keySecret its secret: base64 of an Ed25519 key of 64 bytes, or PEM of an EC
	 * P-256 key
	 * @param clock current time
	 * @return the authentication
	 * @throws IllegalArgumentException if the secret is not such a key; the message
	 * repeats nothing of it
	 */
	static FacilitatorAuthentication coinbase(String keyId, String keySecret, Clock clock) {
		return new CoinbaseTokens(keyId, keySecret, clock)::headers;
	}

}
