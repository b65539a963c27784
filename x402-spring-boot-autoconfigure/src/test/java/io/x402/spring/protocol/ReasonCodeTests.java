/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReasonCode} and for the table of it in the documentation.
 */
class ReasonCodeTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "reason-codes.md");

	private static final Path EXPECTED = Path.of("target", "reason-codes.md");

	@Test
	void whenCodesAndAliasesAreCollectedThenEachIsUnique() {
		List<String> names = new ArrayList<>();
		for (ReasonCode reason : ReasonCode.values()) {
			names.add(reason.code());
			names.addAll(reason.aliases());
		}
		assertThat(names).doesNotHaveDuplicates().allMatch((name) -> name.matches("[a-z0-9_]+"));
	}

	@ParameterizedTest
	@EnumSource
	void whenReasonIsSpelledInAnyKnownWayThenItIsFound(ReasonCode reason) {
		ReasonCode other = (reason != ReasonCode.PAYMENT_REJECTED) ? ReasonCode.PAYMENT_REJECTED
				: ReasonCode.SETTLEMENT_DECLINED;
		boolean facilitators = reason.status() != 400 && reason.status() != 403 && reason.status() != 409;
		assertThat(ReasonCode.of(reason.code(), other)).isSameAs(facilitators ? reason : other);
		assertThat(reason.aliases()).allSatisfy((alias) -> assertThat(ReasonCode.of(alias, other)).isSameAs(reason));
	}

	@ParameterizedTest
	@CsvSource({ "''", "unheard_of", "INSUFFICIENT_FUNDS", "' insufficient_funds'", "," })
	void whenReasonIsNotInTheTableThenTheOtherIsReturned(String text) {
		assertThat(ReasonCode.of(text, ReasonCode.PAYMENT_REJECTED)).isSameAs(ReasonCode.PAYMENT_REJECTED);
	}

	@ParameterizedTest
	@EnumSource
	void whenSamePaymentMayBeRepeatedThenTheStatusAsksForARepetition(ReasonCode reason) {
		assertThat(reason.status()).isBetween(400, 503);
		assertThat(reason.retryable())
			.isEqualTo(reason.status() == 503 || reason.status() == 429 || reason == ReasonCode.PAYMENT_IN_PROGRESS);
		assertThat(reason.message()).doesNotContain("|", "\n").endsWith(".");
	}

	@ParameterizedTest
	@EnumSource
	void whenNothingIsKnownToBeUnchargedThenTheMessageDoesNotClaimIt(ReasonCode reason) {
		if (reason.charged() != ReasonCode.Charged.NO) {
			assertThat(reason.message()).doesNotContain("othing was charged");
		}
	}

	@Test
	void whenTableIsDocumentedThenTheDocumentSaysTheSame() throws IOException {
		String expected = document();
		Files.writeString(EXPECTED, expected);
		assertThat(DOCUMENT).as("docs/reason-codes.md is generated from ReasonCode: copy %s over it", EXPECTED)
			.exists()
			.hasContent(expected);
	}

	private static String document() {
		String rows = Arrays.stream(ReasonCode.values()).map(ReasonCodeTests::row).collect(Collectors.joining());
		return """
				# Reason codes

				Every response to a priced request that does not deliver the resource names its reason. This table is
				generated from `ReasonCode`; a test keeps the two equal.

				*Charged* tells whether money moved, as far as it is known when the response is sent. *Same payment again*
				tells whether the identical payment, without signing a new one, may be sent again.

				| Code | Status | Charged | Same payment again | Message |
				|---|---|---|---|---|
				"""
				+ rows;
	}

	private static String row(ReasonCode reason) {
		return "| `%s` | %d | %s | %s | %s |%n"
			.formatted(reason.code(), reason.status(), reason.charged().name().toLowerCase(Locale.ROOT),
					reason.retryable() ? "yes" : "no", reason.message())
			.replace("\r\n", "\n");
	}

}
