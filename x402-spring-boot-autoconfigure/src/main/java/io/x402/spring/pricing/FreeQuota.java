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

	private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,8}) per (\\S+)");

	private static final Duration MAX_PERIOD = Duration.ofDays(366);

	/**
	 * Parse a quota.
	 * @param text a quota such as {@code 3 per 1d}
	 * @return the quota
	 * @throws InvalidPricingException if the text is none
	 */
	static FreeQuota of(String text) {
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw invalid(text);
		}
		Duration period = period(text, matcher.group(2));
		if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(MAX_PERIOD) > 0) {
			throw invalid(text);
		}
		return new FreeQuota(Integer.parseInt(matcher.group(1)), period);
	}

	private static Duration period(String text, String period) {
		try {
			return DurationFormatterUtils.detectAndParse(period, DurationFormat.Unit.SECONDS);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(text);
		}
	}

	private static InvalidPricingException invalid(String text) {
		return new InvalidPricingException("freeQuota", text,
				"must be a number of calls and a period between 1 second and 366 days",
				"Write it as '3 per 1d' or '10 per 1h'.");
	}

}
