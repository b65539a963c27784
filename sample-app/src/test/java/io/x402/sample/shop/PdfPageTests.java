/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PdfPage}.
 */
class PdfPageTests {

	private final String file = new String(
			new PdfPage().text(10, 20, 12, "Grüße (50 % off) \\").bar(1, 2, 3, 4).toBytes(),
			StandardCharsets.ISO_8859_1);

	@Test
	void whenWrittenThenTheCrossReferencesPointAtTheObjects() {
		assertThat(Pattern.compile("(\\d{10}) 00000 n \n").matcher(this.file).results()).hasSize(5)
			.extracting((entry) -> this.file.substring(Integer.parseInt(entry.group(1))).split("\n")[0])
			.containsExactly("1 0 obj", "2 0 obj", "3 0 obj", "4 0 obj", "5 0 obj");
		assertThat(this.file).startsWith("%PDF-").endsWith("%%EOF\n");
		assertThat(this.file.substring(Integer.parseInt(find("startxref\n(\\d+)\n").group(1))))
			.startsWith("xref\n0 6\n");
	}

	@Test
	void whenWrittenThenTheStreamHasTheLengthItAnnounces() {
		MatchResult stream = find("/Length (\\d+) >>\nstream\n(?s:(.*))endstream");
		assertThat(stream.group(2)).hasSize(Integer.parseInt(stream.group(1)));
	}

	@Test
	void whenTextHoldsDelimitersThenTheyAreEscaped() {
		assertThat(this.file).contains("(Grüße \\(50 % off\\) \\\\) Tj");
	}

	private MatchResult find(String pattern) {
		return Pattern.compile(pattern).matcher(this.file).results().findFirst().orElseThrow();
	}

}
