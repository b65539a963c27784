/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the documentation are the tests of this module.
 */
class DocumentationTests {

	private static final Pattern BODY = Pattern.compile("(?s)\tvoid \\w+\\([^)]*\\) \\{\\R(.*?)\\R\t}\\R");

	private static final Path TESTS = Path.of("src/test/java/io/x402/spring/test");

	@ParameterizedTest
	@ValueSource(strings = { "../README.md", "../docs/testing.md" })
	void whenPageShowsTheExampleThenItIsTheTestedOne(String page) throws IOException {
		assertThat(words(Files.readString(Path.of(page)))).contains(words(example()));
	}

	@Test
	void whenExampleIsReadThenItIsATest() throws IOException {
		assertThat(example()).startsWith("@WebMvcTest").contains("payment()").endsWith("}\n");
	}

	@Test
	void whenPageShowsOtherCodeThenItIsTheCompiledOne() throws IOException {
		String page = words(Files.readString(Path.of("../docs/testing.md")));
		String source = Files.readString(TESTS.resolve("DocumentedCode.java"));
		assertThat(BODY.matcher(source).results().map((match) -> match.group(1))).hasSize(2)
			.allSatisfy((body) -> assertThat(page).contains(words(body)));
	}

	@Test
	void whenPageShowsKotlinThenItIsTheTestedOne() throws IOException {
		String source = Files.readString(Path.of("src/test/kotlin/io/x402/spring/test/ForecastKotlinTests.kt"));
		assertThat(words(Files.readString(Path.of("../docs/testing.md"))))
			.contains(words(source.substring(source.indexOf("@WebMvcTest"))));
	}

	/**
	 * Indentation and line breaks, also those of comments, differ between code and
	 * documentation.
	 */
	private static String words(String text) {
		return text.replaceAll("(?:\\s|//)+", " ");
	}

	private static String example() throws IOException {
		String source = Files.readString(TESTS.resolve("WeatherTests.java"));
		return source.substring(source.indexOf("@WebMvcTest"));
	}

}
