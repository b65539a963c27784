/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads in the reasons of a seller whether it has taken a payment that has expired. Codes
 * mean what their table says. In all other texts, which are an open set, a word that
 * sounds as if the payment was taken goes before one that says that it has expired.
 */
final class RefusalReasons {

	private static final Map<String, Meaning> KNOWN = known();

	/** Members of problems, receipts and documents in which sellers give reasons. */
	private static final Set<String> MEMBERS = Set.of("error", "code", "reason", "type", "title", "message", "detail",
			"errorReason", "errorMessage", "invalidReason", "invalidMessage");

	private static final Pattern HUMP = Pattern.compile("(?<=[a-z])(?=[A-Z])");

	private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");

	private static final Pattern ALREADY_EXPIRED = Pattern
		.compile("\\balready (?:(?:has|have|had|is|was|been) )*+expired\\b");

	private static final Pattern TAKEN_WORD = Pattern
		.compile("\\b(?:[a-z]*(?:already|duplicat|replay|settled|processed|redeemed|consumed)[a-z]*"
				+ "|(?!(?:refused|unused|caused|paused)\\b)[a-z]*used|pending|progress|processing|spent)\\b");

	private static final Pattern EXPIRED_WORD = Pattern.compile("\\b(?:expired|valid before)\\b");

	private RefusalReasons() {
	}

	private static Map<String, Meaning> known() {
		Map<String, Meaning> known = new HashMap<>();
		for (ReasonCode reason : ReasonCode.values()) {
			Stream.concat(Stream.of(reason.code(), reason.message()), reason.aliases().stream())
				.forEach((text) -> known.put(text, meaning(reason)));
		}
		return Collections.unmodifiableMap(known);
	}

	private static Meaning meaning(ReasonCode reason) {
		if (reason == ReasonCode.NONCE_ALREADY_USED || reason.charged() != ReasonCode.Charged.NO) {
			return Meaning.TAKEN;
		}
		return (reason == ReasonCode.EXPIRED) ? Meaning.EXPIRED : Meaning.NOT_TAKEN;
	}

	/**
	 * Return what the reasons in a document or receipt mean together.
	 * @param members its members
	 * @return the first that applies of {@link Meaning}, {@link Meaning#UNKNOWN} if it
	 * gives no reason
	 */
	static Meaning of(Map<String, Object> members) {
		Set<Meaning> meanings = MEMBERS.stream()
			.flatMap((member) -> texts(members.get(member)))
			.map(RefusalReasons::of)
			.collect(Collectors.toSet());
		return Arrays.stream(Meaning.values()).filter(meanings::contains).findFirst().orElse(Meaning.UNKNOWN);
	}

	/**
	 * Return what a reason means.
	 * @param text a code, a code and what follows its colon, or a sentence
	 */
	static Meaning of(String text) {
		Meaning known = KNOWN.get(text.strip());
		if (known != null) {
			return known;
		}
		int end = text.indexOf(':');
		Meaning code = (end >= 0) ? KNOWN.getOrDefault(text.substring(0, end).strip(), Meaning.UNKNOWN)
				: Meaning.UNKNOWN;
		Meaning words = ofWords((code != Meaning.UNKNOWN) ? text.substring(end) : text);
		return (code.ordinal() < words.ordinal()) ? code : words;
	}

	private static Meaning ofWords(String text) {
		String spaced = HUMP.matcher(text).replaceAll(" ").toLowerCase(Locale.ROOT);
		String words = ALREADY_EXPIRED.matcher(NO_LETTERS.matcher(spaced).replaceAll(" ")).replaceAll("expired");
		if (TAKEN_WORD.matcher(words).find()) {
			return Meaning.TAKEN;
		}
		return EXPIRED_WORD.matcher(words).find() ? Meaning.EXPIRED : Meaning.UNKNOWN;
	}

	/** Some sellers give objects as errors. */
	private static Stream<String> texts(@Nullable Object reason) {
		if (reason instanceof String text) {
			return Stream.of(text);
		}
		if (reason instanceof Map<?, ?> members) {
			return members.values().stream().flatMap(RefusalReasons::texts);
		}
		return (reason instanceof List<?> elements) ? elements.stream().flatMap(RefusalReasons::texts) : Stream.empty();
	}

	/**
	 * What a reason says about the payment, in the order in which one goes before
	 * another.
	 */
	enum Meaning {

		/** It was taken, or may have been. */
		TAKEN,

		/** It has expired. */
		EXPIRED,

		/** Something else is wrong with it, and it was not taken. */
		NOT_TAKEN,

		/** Nothing that is known. */
		UNKNOWN

	}

}
