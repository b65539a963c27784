/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Terms of the passes that a handler sells.
 *
 * @param scope name of what a pass opens, empty if it is a balance
 * @param named whether the seller has named it
 * @param duration time from its start to its end, or {@code null} if it has no end
 * @param uses number of calls, the paid one included, or {@code null} if it is not
 * limited
 * @param sameUser whether it is bound to its user
 * @since 0.2.0
 */
public record PassTerms(String scope, boolean named, @Nullable Duration duration, @Nullable Long uses,
		boolean sameUser) {

	/**
	 * Terms of a balance: it pays for whatever offers a top-up in its token to its
	 * recipient.
	 */
	public static final PassTerms BALANCE = new PassTerms("", false, null, null, false);

	static final String ATTRIBUTE = "pass";

	private static final int MAX_SCOPE = 100;

	private static final Duration MAX_DURATION = Duration.ofDays(3660);

	/**
	 * Create terms.
	 * @param definition the pass as it is written, with placeholders resolved
	 * @param name tells the handler or route from others, and is the scope unless there
	 * is another
	 * @return the terms
	 * @throws InvalidPricingException if no pass can be sold on them
	 */
	static PassTerms of(PassDefinition definition, String name) {
		String scope = definition.scope();
		if (scope.length() > MAX_SCOPE) {
			throw invalid(scope.substring(0, 40) + "…",
					"the name of its scope is longer than " + MAX_SCOPE + " characters", "Shorten it.");
		}
		if (definition.uses() < 0 || definition.uses() == 1) {
			throw invalid("uses = " + definition.uses(), "the paid call is its first use",
					"Set uses to 2 or more, or to 0 for any number of calls.");
		}
		if (definition.duration().isEmpty() && definition.uses() == 0) {
			throw invalid(scope, "a pass ends after a time or a number of calls", "Set duration, uses or both.");
		}
		return new PassTerms(scope.isEmpty() ? name : scope, !scope.isEmpty(), duration(definition.duration()),
				(definition.uses() > 0) ? (long) definition.uses() : null, definition.sameUser());
	}

	private static @Nullable Duration duration(String text) {
		if (text.isEmpty()) {
			return null;
		}
		Duration duration = parse(text);
		if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(MAX_DURATION) > 0) {
			throw invalidDuration(text);
		}
		return duration;
	}

	private static Duration parse(String text) {
		try {
			return DurationFormatterUtils.detectAndParse(text, DurationFormat.Unit.SECONDS);
		}
		catch (IllegalArgumentException ex) {
			throw invalidDuration(text);
		}
	}

	private static InvalidPricingException invalidDuration(String text) {
		return invalid(text, "the duration must be between 1 second and 3660 days", "Write it as 1h or 30d.");
	}

	static InvalidPricingException invalid(String value, String problem, String remedy) {
		return new InvalidPricingException(ATTRIBUTE, value, problem, remedy);
	}

	/**
	 * Return whether these are the terms of a balance.
	 * @return {@code true} if each call takes its price
	 */
	public boolean isBalance() {
		return this.scope.isEmpty();
	}

	/**
	 * Return whether passes on other terms are the same as those on these.
	 */
	boolean agreesWith(PassTerms other) {
		return equals(other);
	}

	/**
	 * Return the terms as a buyer reads them, in the style of the header fields of the
	 * IETF draft about quotas.
	 * @return a structured field value
	 */
	public String policy() {
		StringBuilder policy = new StringBuilder("\"pass\"");
		if (this.uses != null) {
			policy.append(";uses=").append(this.uses);
		}
		if (this.duration != null) {
			policy.append(";duration=").append(this.duration.toSeconds());
		}
		return policy.toString();
	}

}
