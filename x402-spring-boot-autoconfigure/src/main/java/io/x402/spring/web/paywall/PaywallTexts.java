/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.core.io.ClassPathResource;

/**
 * Texts of the page in its languages: those of the application, else those of the
 * settings, else those of this library. Read at the start, since who asks for the page
 * must not wait for files.
 */
final class PaywallTexts {

	private static final String PREFIX = "x402.paywall.";

	/** Longer headers are not those of browsers. */
	private static final int MAX_HEADER_LENGTH = 512;

	private final List<Locale> languages;

	private final Map<Locale, Texts> texts;

	PaywallTexts(PaywallSettings settings) {
		this.languages = settings.languages();
		Map<Locale, Texts> texts = new HashMap<>();
		this.languages.forEach((language) -> texts.put(language, read(language, settings)));
		this.texts = Map.copyOf(texts);
	}

	/**
	 * Return the texts for a reader.
	 * @param acceptLanguage value of the {@code Accept-Language} header, or {@code null}
	 * @return the texts in the best language, in the first one if none fits
	 */
	Texts of(@Nullable String acceptLanguage) {
		Locale language = lookup(acceptLanguage);
		return Objects.requireNonNull(this.texts.get((language != null) ? language : this.languages.get(0)));
	}

	private @Nullable Locale lookup(@Nullable String acceptLanguage) {
		if (acceptLanguage == null || acceptLanguage.isBlank() || acceptLanguage.length() > MAX_HEADER_LENGTH) {
			return null;
		}
		try {
			return Locale.lookup(LanguageRange.parse(acceptLanguage), this.languages);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static Texts read(Locale language, PaywallSettings settings) {
		Map<String, String> texts = new HashMap<>(shipped("texts.properties"));
		if (language.getLanguage().equals("de")) {
			texts.putAll(shipped("texts_de.properties"));
		}
		put(texts, "title", settings.title());
		put(texts, "introduction", settings.introduction());
		put(texts, "footer", settings.footer());
		for (String name : List.of("introduction", "footer")) {
			texts.putIfAbsent(name, "");
		}
		MessageSource messages = settings.messages();
		if (messages != null) {
			texts.replaceAll((name, text) -> Objects
				.requireNonNullElse(messages.getMessage(PREFIX + name, null, null, language), text));
		}
		return new Texts(language, texts);
	}

	private static void put(Map<String, String> texts, String name, @Nullable String text) {
		if (text != null) {
			texts.put(name, text);
		}
	}

	private static Map<String, String> shipped(String file) {
		Properties properties = new Properties();
		try (Reader reader = new StringReader(
				new ClassPathResource(file, PaywallTexts.class).getContentAsString(StandardCharsets.UTF_8))) {
			properties.load(reader);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Map<String, String> texts = new HashMap<>();
		properties.forEach((name, text) -> texts.put(name.toString(), text.toString()));
		return texts;
	}

	/**
	 * Texts in one language.
	 *
	 * @param language the language
	 * @param byName the texts by name
	 */
	record Texts(Locale language, Map<String, String> byName) {

		/**
		 * Return a text.
		 * @param name its name
		 * @param values what is put in for <code>{0}</code> and <code>{1}</code>
		 */
		String get(String name, String... values) {
			String text = this.byName.getOrDefault(name, "");
			StringBuilder filled = new StringBuilder();
			for (int i = 0; i < text.length(); i++) {
				int number = place(text, i);
				if (number >= 0 && number < values.length) {
					filled.append(values[number]);
					i += 2;
				}
				else {
					filled.append(text.charAt(i));
				}
			}
			return filled.toString();
		}

		private static int place(String text, int index) {
			boolean place = index + 2 < text.length() && text.charAt(index) == '{' && text.charAt(index + 2) == '}';
			return place ? Character.digit(text.charAt(index + 1), 10) : -1;
		}

	}

}
