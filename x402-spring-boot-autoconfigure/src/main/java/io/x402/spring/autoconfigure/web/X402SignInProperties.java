/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.time.Duration;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.signin.SignInSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for buyers that sign in to use the passes and balances they
 * own.
 *
 * @param enabled Whether buyers can prove with a signature of their account that a pass
 * or balance is theirs, in place of its token.
 * @param statement Sentence that wallets show to who signs in.
 * @param lifetime Time in which a challenge can be signed and used.
 * @param clockSkew Difference between clocks that is allowed for.
 * @since 0.2.0
 */
@ConfigurationProperties("x402.sign-in")
public record X402SignInProperties(@DefaultValue("false") boolean enabled, @Nullable String statement,
		@DefaultValue("5m") Duration lifetime, @DefaultValue("30s") Duration clockSkew) {

	private static final String PREFIX = "x402.sign-in.";

	/** What EIP-4361 allows in a statement. */
	private static final Pattern STATEMENT = Pattern.compile("[A-Za-z0-9 \\-._~:/?#\\[\\]@!$&'()*+,;=]{1,200}");

	public X402SignInProperties {
		Limits.duration(PREFIX + "lifetime", lifetime, Duration.ofSeconds(10), Duration.ofHours(1));
		Limits.duration(PREFIX + "clock-skew", clockSkew, Duration.ZERO, Duration.ofMinutes(10));
		if (statement != null && !STATEMENT.matcher(statement).matches()) {
			throw new InvalidPropertyException(PREFIX + "statement", statement,
					"must be one line of 1 to 200 letters, digits and characters of URLs",
					"Shorten it, and leave out quotation marks and letters with accents.");
		}
	}

	SignInSettings toSettings(@Nullable String baseUrl) {
		if (baseUrl == null) {
			throw new InvalidPropertyException("x402.base-url", null, "is required where buyers can sign in",
					"Set it to the public origin of this application, such as https://api.example.com, "
							+ "or remove x402.sign-in.enabled.");
		}
		return new SignInSettings(baseUrl, this.statement, this.lifetime, this.clockSkew);
	}

}
