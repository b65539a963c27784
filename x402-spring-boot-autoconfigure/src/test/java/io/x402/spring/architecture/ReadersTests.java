/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.x402.spring.store.ClaimStep;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadersTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final House HOUSE = House.of(ClaimStep.class);

	@Test
	void listsHoldOnlyPublicTypes() {
		Set<String> names = HOUSE.types()
			.stream()
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
			.map(House::shortName)
			.collect(Collectors.toSet());
		assertThat(names).containsAll(Readers.FOR_USERS)
			.containsAll(Readers.FOR_BUILDERS)
			.containsAll(Readers.FOR_OUR_ROOMS);
	}

	/**
	 * What users are told to use is for them.
	 */
	@Test
	void pagesForUsersNameNoTypeOfOurRooms() throws IOException {
		String pages = pages();
		assertThat(HOUSE.types()
			.stream()
			.filter((type) -> type.isTopLevelClass() && Readers.of(type) == Readers.OUR_ROOMS)
			.map(JavaClass::getSimpleName)
			.filter((name) -> pages.contains("`" + name + "`"))).isEmpty();
	}

	private static String pages() throws IOException {
		StringBuilder pages = new StringBuilder(Files.readString(Path.of("..", "README.md")));
		try (Stream<Path> files = Files.list(DOCS)) {
			for (Path file : files.filter((page) -> page.toString().endsWith(".md")).sorted().toList()) {
				if (!file.endsWith("architecture.md")) {
					pages.append(Files.readString(file));
				}
			}
		}
		return pages.toString();
	}

}
