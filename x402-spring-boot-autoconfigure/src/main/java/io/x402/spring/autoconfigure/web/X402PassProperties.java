/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

import io.x402.spring.access.Passes;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.signin.SignIn;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for passes, which {@code @PaymentRequired} and routes sell.
 *
 * @param secret Secret of at least 32 characters that tokens of passes are made with, the
 * same for all instances. By default, each instance has a random one, and the token of a
 * pass is replaced when another instance delivers its response again.
 * @param statement Whether the ledger has an entry for each use of a pass or balance, and
 * for each that is given back.
 * @param cookie Whether browsers that pay from a page of the same origin keep the token
 * in a cookie that scripts cannot read. Other buyers have it in a header.
 */
@ConfigurationProperties("x402.passes")
public record X402PassProperties(@Nullable String secret, @DefaultValue("false") boolean statement,
		@DefaultValue("false") boolean cookie) {

	private static final int KEY_LENGTH = 32;

	public X402PassProperties {
		if (secret != null && secret.length() < KEY_LENGTH) {
			throw new InvalidPropertyException("x402.passes.secret", null,
					"must have at least " + KEY_LENGTH + " characters",
					"Set random characters, such as those that 'openssl rand -base64 32' prints.");
		}
	}

	/**
	 * Create what sells and takes passes.
	 * @param store keeps passes
	 * @param signIn lets buyers sign in, or {@code null} if they cannot
	 * @param ledger has entries about passes, or {@code null} if there is none
	 * @return the passes
	 */
	public Passes toPasses(PassStore store, @Nullable SignIn signIn, @Nullable PaymentLedger ledger) {
		Passes passes = new Passes(store, toKey(), signIn, ledger, this.statement);
		return this.cookie ? passes.withCookies() : passes;
	}

	private byte[] toKey() {
		if (this.secret != null) {
			return this.secret.getBytes(StandardCharsets.UTF_8);
		}
		byte[] key = new byte[KEY_LENGTH];
		new SecureRandom().nextBytes(key);
		return key;
	}

	/**
	 * Does not show the secret.
	 */
	@Override
	public String toString() {
		return "X402PassProperties[]";
	}

}
