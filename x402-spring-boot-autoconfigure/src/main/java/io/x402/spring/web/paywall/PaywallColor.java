/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A colour of the page. Nothing but a colour can be written into a style by it.
 *
 * @param hex the colour as {@code #} and six hexadecimal digits, lower case
 * @since 0.2.0
 */
public record PaywallColor(String hex) {

	private static final Pattern HEX = Pattern.compile("#[0-9a-f]{6}");

	/** Colour of the card in light mode. */
	public static final PaywallColor LIGHT_CARD = new PaywallColor("#ffffff");

	/** Colour of the card in dark mode. */
	public static final PaywallColor DARK_CARD = new PaywallColor("#161c28");

	/** Lowest contrast of text that WCAG 2 calls accessible (AA). */
	public static final double MIN_CONTRAST = 4.5;

	/**
	 * Create a colour.
	 * @throws IllegalArgumentException if it is not a colour
	 */
	public PaywallColor {
		hex = hex.toLowerCase(Locale.ROOT);
		if (!HEX.matcher(hex).matches()) {
			throw new IllegalArgumentException("A colour is written as # and six hexadecimal digits");
		}
	}

	/**
	 * Return the contrast with another colour.
	 * @param other the other colour
	 * @return the ratio of luminances by WCAG 2, from 1 to 21
	 */
	public double contrast(PaywallColor other) {
		double one = luminance();
		double two = other.luminance();
		return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
	}

	/**
	 * Return the colour of text on this one.
	 */
	PaywallColor ink() {
		return (contrast(LIGHT_CARD) >= MIN_CONTRAST) ? LIGHT_CARD : new PaywallColor("#000000");
	}

	private double luminance() {
		return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
	}

	private double channel(int index) {
		double value = Integer.parseInt(this.hex, index, index + 2, 16) / 255.0;
		return (value <= 0.04045) ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
	}

}
