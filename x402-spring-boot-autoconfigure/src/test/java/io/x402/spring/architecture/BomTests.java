/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The BOM, which has no parent, names what is published.
 */
class BomTests {

	private static final Path ROOT = Path.of("..");

	@Test
	void whenAModuleIsPublishedThenTheBomManagesIt() throws IOException {
		List<String> published = find("pom.xml", "<module>(x402-spring-boot-(?!bom)[a-z-]+)</module>");
		assertThat(published).hasSizeGreaterThanOrEqualTo(3)
			.containsExactlyInAnyOrderElementsOf(find("x402-spring-boot-bom/pom.xml",
					"(?s)<dependency>\\s*<groupId>io.x402.spring</groupId>\\s*<artifactId>([a-z0-9-]+)</artifactId>"));
	}

	/**
	 * Profiles name the versions of plugins.
	 */
	@Test
	void whenTheVersionChangesThenThatOfTheBomDoes() throws IOException {
		String version = "<version>([^<$]+)</version>(?=.*<profiles>)";
		assertThat(find("x402-spring-boot-bom/pom.xml", "(?s)" + version))
			.containsExactly(find("pom.xml", "(?s)" + version).get(0));
	}

	/**
	 * Pages show coordinates, and the changelog has what the version brings.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "README.md", "docs/getting-started.md", "docs/testing.md", "docs/webflux.md" })
	void whenTheVersionChangesThenThatOfThePagesDoes(String page) throws IOException {
		String version = find("pom.xml", "<version>([^<$]+)</version>").get(0);
		assertThat(
				find(page,
						"(?:<artifactId>x402-spring-boot-[a-z-]+</artifactId>\\s*<version>"
								+ "|io.x402.spring:x402-spring-boot-[a-z-]+:)([^<\"]+)"))
			.isNotEmpty()
			.containsOnly(version);
		assertThat(find("CHANGELOG.md", "(?m)^## ([^,]+), ").get(0)).isEqualTo(version.replace("-SNAPSHOT", ""));
	}

	private static List<String> find(String file, String pattern) throws IOException {
		return Pattern.compile(pattern)
			.matcher(Files.readString(ROOT.resolve(file)))
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
	}

}
