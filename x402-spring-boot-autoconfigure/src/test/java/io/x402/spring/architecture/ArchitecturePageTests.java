/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.x402.spring.store.ClaimStep;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/architecture.md} true.
 */
class ArchitecturePageTests {

	private static final Path PAGE = Path.of("..", "docs", "architecture.md");

	private static final Path SOURCES = Path.of("src", "main", "java", "io", "x402", "spring");

	private static final Pattern WALK = Pattern.compile("(?m)^([a-z.]*) +\\d+  +([A-Z][A-Za-z0-9]+) ");

	private static final Pattern CODE = Pattern.compile("`@?([A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*)`");

	@Test
	void picturesShowTheCode() throws IOException {
		String page = Files.readString(PAGE);
		assertThat(page).as("run: bash .ci/pictures").isEqualTo(Pictures.replaceAll(page, House.of(ClaimStep.class)));
	}

	@Test
	void whenAPictureIsOldThenItIsReplaced() throws IOException {
		String page = Files.readString(PAGE);
		String old = page.replace(" --> ", " --x ");
		assertThat(old).isNotEqualTo(page);
		assertThat(Pictures.replaceAll(old, House.of(ClaimStep.class))).isEqualTo(page);
	}

	@Test
	void namesAreThoseOfTheCode() throws IOException {
		assertThat(CODE.matcher(Files.readString(PAGE)).results().map((match) -> match.group(1)).distinct())
			.hasSizeGreaterThan(30)
			.isSubsetOf(types());
	}

	/**
	 * A step without a package is in that of the step before.
	 */
	@Test
	void stepsOfTheWalkAreInTheirRooms() throws IOException {
		List<Path> steps = new ArrayList<>();
		String room = "";
		for (MatchResult step : WALK.matcher(Files.readString(PAGE)).results().toList()) {
			room = step.group(1).isEmpty() ? room : step.group(1);
			steps.add(SOURCES.resolve(Path.of(room.replace('.', '/'), step.group(2) + ".java")));
		}
		assertThat(steps).hasSizeGreaterThan(20).allSatisfy((step) -> assertThat(step).exists());
	}

	@Test
	void everyPackageIsDescribed() throws IOException {
		String page = Files.readString(PAGE);
		assertThat(House.of(ClaimStep.class).roomsUsed().keySet()).filteredOn((room) -> !room.isEmpty())
			.allSatisfy((room) -> assertThat(page)
				.contains("`" + room.replaceFirst("^autoconfigure\\..*", "autoconfigure") + "`"));
	}

	private static Set<String> types() throws IOException {
		Set<String> types = new TreeSet<>();
		for (String source : List.of("main", "test")) {
			try (Stream<Path> files = Files.walk(Path.of("src", source, "java"))) {
				files.map((file) -> file.getFileName().toString())
					.filter((name) -> name.endsWith(".java"))
					.forEach((name) -> types.add(name.substring(0, name.length() - ".java".length())));
			}
		}
		return types;
	}

}
