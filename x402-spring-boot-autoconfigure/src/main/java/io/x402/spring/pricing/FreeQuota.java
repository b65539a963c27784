/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Number of calls that each client has free within a period.
 *
 * @param limit number of calls, at least one
 * @param period length of the period
 * @since 0.1.0
 */
public record FreeQuota(int limit, Duration period) {

	/** Of prices that set none, which may be overridden by {@link #NONE}. */
	static final String PROPERTY = "x402.free-quota.limit";

	static final String ATTRIBUTE = "freeQuota";

	static final String NONE = "none";

	private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,8}) per (\\S+)");

	private static final Duration MAX_PERIOD = Duration.ofDays(366);

	/**
	 * Parse a quota.
	 * @param attribute the attribute or property that it is the value of
	 * @param text a quota such as {@code 3 per 1d}
	 * @return the quota
	 * @throws InvalidPricingException if the text is none
	 */
	static FreeQuota of(String attribute, String text) {
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw invalid(attribute, text);
		}
		Duration period = period(attribute, text, matcher.group(2));
		if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(MAX_PERIOD) > 0) {
			throw invalid(attribute, text);
		}
		return new FreeQuota(Integer.parseInt(matcher.group(1)), period);
	}

	private static Duration period(String attribute, String text, String period) {
		try {
			return DurationFormatterUtils.detectAndParse(period, DurationFormat.Unit.SECONDS);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(attribute, text);
		}
	}

	private static InvalidPricingException invalid(String attribute, String text) {
		return new InvalidPricingException(attribute, text,
				"must be a number of calls and a period between 1 second and 366 days",
				"Write it as '3 per 1d' or '10 per 1h', or 'none'.");
	}

}
