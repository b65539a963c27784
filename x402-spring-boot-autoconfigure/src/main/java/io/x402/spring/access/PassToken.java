/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.regex.Pattern;

import io.x402.spring.protocol.HmacSha256;
import io.x402.spring.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Token that opens a pass: its identity, which is no secret, and a code that only who
 * knows the key can make. Its text form does not show the code.
 *
 * @param id identity of the pass
 * @param code the secret part
 */
record PassToken(String id, String code) {

	private static final Pattern FORMAT = Pattern.compile("([0-9a-f]{32})\\.([A-Za-z0-9_-]{43})");

	private static final int LENGTH = 76;

	/**
	 * Make the token of a pass, the same each time.
	 * @param id identity of the pass
	 * @param key the secret
	 */
	static PassToken of(String id, byte[] key) {
		return new PassToken(id, new HmacSha256(key).base64("x402 pass " + id));
	}

	/**
	 * Read a token.
	 * @param text what a client sent
	 * @return the token, or {@code null} if it has not the form of one
	 */
	static @Nullable PassToken parse(String text) {
		if (text.length() != LENGTH || !FORMAT.matcher(text).matches()) {
			return null;
		}
		return new PassToken(text.substring(0, 32), text.substring(33));
	}

	/**
	 * Return the identity of the pass that a payment buys.
	 * @param claimId identity of the claim of the payment
	 */
	static String idOf(String claimId) {
		return new Sha256().field("x402 pass").field(claimId).value().substring(0, 32);
	}

	String text() {
		return this.id + '.' + this.code;
	}

	/**
	 * Return what is stored of the token.
	 */
	String hash() {
		return new Sha256().field(this.id).field(this.code).value();
	}

	/**
	 * Return whether this token opens a pass, in a time that does not depend on where it
	 * differs.
	 */
	boolean opens(String tokenHash) {
		return HmacSha256.areEqual(hash(), tokenHash);
	}

	@Override
	public String toString() {
		return "PassToken[id=" + this.id + "]";
	}

}
