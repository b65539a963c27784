/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.List;
import java.util.Locale;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.web.paywall.PaywallColor;
import io.x402.spring.web.paywall.PaywallSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.MessageSource;

/**
 * Configuration properties for the wallet page that browsers get.
 *
 * @param enabled Whether browsers get the wallet page. When disabled, they get the JSON
 * that programs get.
 * @param title Title of the page, such as the name of the shop.
 * @param introduction Text above the offers.
 * @param footer Text at the end of the page.
 * @param logo Path of an image on the same origin, or a data URL of at most 4096
 * characters.
 * @param accentColor Color of buttons and marks in light mode, as # and six hexadecimal
 * digits.
 * @param darkAccentColor Color of buttons and marks in dark mode, as # and six
 * hexadecimal digits.
 * @param languages Comma-separated list of languages of the page. The first is for
 * readers of none of them.
 */
@ConfigurationProperties("x402.paywall")
record X402PaywallProperties(@DefaultValue("true") boolean enabled, @Nullable String title,
		@Nullable String introduction, @Nullable String footer, @Nullable String logo, @Nullable String accentColor,
		@Nullable String darkAccentColor, @DefaultValue( {
				"en", "de" }) List<Locale> languages){

	private static final String PREFIX = "x402.paywall.";

	private static final String COLOR = "must be # and six hexadecimal digits";

	public X402PaywallProperties {
		Limits.notEmpty(PREFIX + "languages", languages);
		if (logo != null && !PaywallSettings.isLogo(logo)) {
			throw new InvalidPropertyException(PREFIX + "logo", logo,
					"must be a path on the same origin or a data URL of an image of at most "
							+ PaywallSettings.MAX_LOGO_LENGTH + " characters",
					"Serve the image from this application and set its path, such as /logo.svg.");
		}
		color(PREFIX + "accent-color", accentColor, PaywallColor.LIGHT_CARD);
		color(PREFIX + "dark-accent-color", darkAccentColor, PaywallColor.DARK_CARD);
	}

	/**
	 * Return how the page looks and what it says.
	 * @param messages texts of the application, or {@code null}
	 * @return the settings
	 */
	public PaywallSettings toSettings(@Nullable MessageSource messages) {
		return new PaywallSettings(this.title, this.introduction, this.footer, this.logo,
				color(PREFIX + "accent-color", this.accentColor, PaywallColor.LIGHT_CARD),
				color(PREFIX + "dark-accent-color", this.darkAccentColor, PaywallColor.DARK_CARD), this.languages,
				messages);
	}

	private static @Nullable PaywallColor color(String property, @Nullable String text, PaywallColor background) {
		if (text == null) {
			return null;
		}
		PaywallColor color = parse(property, text);
		if (color.contrast(background) < PaywallColor.MIN_CONTRAST) {
			throw new InvalidPropertyException(property, text,
					"is too hard to read on the background " + background.hex() + " of the page",
					"Choose a color with a contrast of at least " + PaywallColor.MIN_CONTRAST + " to it.");
		}
		return color;
	}

	private static PaywallColor parse(String property, String text) {
		try {
			return new PaywallColor(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(property, text, COLOR, "Write it such as #1652f0.");
		}
	}

}
