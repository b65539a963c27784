/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A quote of scheme {@code transfer}: for which time a transfer pays an offer. Times are
 * whole seconds.
 *
 * @param madeAt when it was made; earlier transfers do not count
 * @param expiresAt end of the time in which a transfer can be made
 * @param presentableUntil end of the time in which a transfer that was made in time can
 * be presented
 * @param code proves who made it, for which terms and for which request, 48 hexadecimal
 * digits
 * @since 0.2.0
 */
public record TransferQuote(Instant madeAt, Instant expiresAt, Instant presentableUntil, String code) {

	/**
	 * Longest time from the making of a quote until nothing can be presented for it any
	 * more.
	 */
	public static final Duration MAX_LIFETIME = Duration.ofHours(24);

	/**
	 * Longest difference between the clocks of sellers and networks that is allowed for.
	 */
	public static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(10);

	/**
	 * A transfer that a quote takes was made at most a lifetime after the quote, and the
	 * last other quote that takes it was made at that time and ends a lifetime later.
	 * Clocks of sellers, stores and networks differ, hence some hours more.
	 */
	private static final Duration REMEMBERED = MAX_LIFETIME.multipliedBy(2).plus(Duration.ofHours(2));

	private static final Pattern FORMAT = Pattern
		.compile("([1-9][0-9]{0,9})\\.([1-9][0-9]{0,9})\\.([1-9][0-9]{0,9})\\.([0-9a-f]{48})");

	/**
	 * Read a quote.
	 * @param id the text that buyers are given
	 * @return the quote, whoever made it, or {@code null} if it is none
	 */
	public static @Nullable TransferQuote parse(String id) {
		Matcher matcher = FORMAT.matcher(id);
		if (!matcher.matches()) {
			return null;
		}
		TransferQuote quote = new TransferQuote(time(matcher.group(1)), time(matcher.group(2)), time(matcher.group(3)),
				matcher.group(4));
		boolean ordered = !quote.expiresAt.isBefore(quote.madeAt) && !quote.presentableUntil.isBefore(quote.expiresAt)
				&& !quote.presentableUntil.isAfter(quote.madeAt.plus(MAX_LIFETIME));
		return ordered ? quote : null;
	}

	private static Instant time(String seconds) {
		return Instant.ofEpochSecond(Long.parseLong(seconds));
	}

	/**
	 * Return when no quote can take a transfer any more that this one takes. Until then
	 * it must be remembered that the transfer is used.
	 * @return the time
	 */
	public Instant forgettableAt() {
		return this.madeAt.plus(REMEMBERED);
	}

	/**
	 * Return for how many seconds a transfer can be made.
	 * @return the time from the making to the end, at least 1
	 */
	public int seconds() {
		return Math.max(1, (int) Duration.between(this.madeAt, this.expiresAt).toSeconds());
	}

	/**
	 * Return whether a transfer was made in time.
	 * @param block time of its block
	 * @param clockSkew difference between clocks that is allowed for, at most
	 * {@link #MAX_CLOCK_SKEW}
	 * @return {@code false} if it was made before the quote or after its end
	 */
	public boolean covers(Instant block, Duration clockSkew) {
		return !block.isBefore(this.madeAt.minus(clockSkew)) && !block.isAfter(this.expiresAt.plus(clockSkew));
	}

	/**
	 * Return the text that buyers are given.
	 * @return the id of the quote
	 */
	public String id() {
		return terms() + "." + this.code;
	}

	String terms() {
		return this.madeAt.getEpochSecond() + "." + this.expiresAt.getEpochSecond() + "."
				+ this.presentableUntil.getEpochSecond();
	}

	@Override
	public String toString() {
		return "TransferQuote[" + terms() + "]";
	}

}
