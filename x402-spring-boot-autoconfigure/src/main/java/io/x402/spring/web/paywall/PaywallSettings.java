/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;

/**
 * How the wallet page looks and what it says.
 *
 * @param title title, or {@code null} for "Payment required" in the language of the page
 * @param introduction text above the offers, or {@code null}
 * @param footer text at the end of the page, or {@code null}
 * @param logo path of an image on the same origin or a {@code data:} URL of at most
 * {@value #MAX_LOGO_LENGTH} characters, or {@code null}
 * @param light colour of buttons and marks in light mode, or {@code null} for the default
 * @param dark the same in dark mode
 * @param languages languages of the page; the first is for readers of none of them
 * @param messages texts of the application, which take precedence, or {@code null}
 * @since 0.2.0
 */
public record PaywallSettings(@Nullable String title, @Nullable String introduction, @Nullable String footer,
		@Nullable String logo, @Nullable PaywallColor light, @Nullable PaywallColor dark, List<Locale> languages,
		@Nullable MessageSource messages) {

	/** Number of characters of the longest {@code data:} URL. */
	public static final int MAX_LOGO_LENGTH = 4096;

	/** Languages whose texts this library has. */
	public static final List<Locale> SHIPPED_LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);

	private static final Pattern LOGO = Pattern.compile("/(?!/)[A-Za-z0-9._~!$&()*+,;=:@%/?-]{0,500}"
			+ "|data:image/(?:png|jpeg|gif|webp|avif|svg\\+xml);base64,[A-Za-z0-9+/]+={0,2}");

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if there is no language or the logo would not be
	 * shown
	 */
	public PaywallSettings {
		languages = List.copyOf(languages);
		if (languages.isEmpty()) {
			throw new IllegalArgumentException("The page needs a language");
		}
		if (logo != null && !isLogo(logo)) {
			throw new IllegalArgumentException("Not the path or the data of an image");
		}
	}

	/**
	 * Return settings of which none is changed.
	 * @return the settings
	 */
	public static PaywallSettings defaults() {
		return new PaywallSettings(null, null, null, null, null, null, SHIPPED_LANGUAGES, null);
	}

	/**
	 * Return whether a page can show an image.
	 * @param logo a path or URL
	 * @return {@code true} for a path on the same origin and for the data of an image
	 */
	public static boolean isLogo(String logo) {
		return logo.length() <= MAX_LOGO_LENGTH && LOGO.matcher(logo).matches();
	}

}
