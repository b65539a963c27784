/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.x402.spring.store.ClaimStep;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadersTests {

	private static final Path DOCS = Path.of("..", "docs");

	/** Code that uses the library as its users do. */
	private static final List<Path> CODE_OF_USERS = List.of(Path.of("..", "sample-app", "src", "main"),
			Path.of("..", "sample-gateway", "src", "main"), Path.of("..", "x402-spring-boot-test", "src", "main"));

	private static final House HOUSE = House.of(ClaimStep.class);

	@Test
	void listsHoldOnlyPublicTypes() {
		Set<String> names = HOUSE.types()
			.stream()
			.filter(Readers::isPublic)
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

	/**
	 * A type is for users if a page, a sample or the test kit names it, if applications
	 * exclude or bind it, or if it stands in the signature of one that is.
	 */
	@Test
	void typesForUsersAreNamedToThem() throws IOException {
		Set<String> words = words();
		Set<JavaClass> known = HOUSE.types()
			.stream()
			.filter((type) -> Readers.isPublic(type) && (words.contains(type.getSimpleName()) || isConfiguration(type)))
			.collect(Collectors.toCollection(LinkedHashSet::new));
		Deque<JavaClass> open = new ArrayDeque<>(known);
		while (!open.isEmpty()) {
			signature(open.pop()).filter(known::add).forEach(open::push);
		}
		assertThat(HOUSE.types()
			.stream()
			.filter((type) -> Readers.isPublic(type) && Readers.of(type) == Readers.USERS && !known.contains(type))
			.map(House::shortName)
			.sorted()).isEmpty();
	}

	private static boolean isConfiguration(JavaClass type) {
		return type.isAnnotatedWith("org.springframework.boot.autoconfigure.AutoConfiguration")
				|| type.isAnnotatedWith("org.springframework.boot.context.properties.ConfigurationProperties");
	}

	/**
	 * Return the types of our own that public members of a type and of its nested types
	 * name.
	 */
	private static Stream<JavaClass> signature(JavaClass type) {
		return HOUSE.types()
			.stream()
			.filter((member) -> isShown(member) && House.outermost(member).equals(type))
			.flatMap((member) -> Stream.of(
					member.getCodeUnits()
						.stream()
						.filter(ReadersTests::isShown)
						.flatMap((unit) -> unit.getAllInvolvedRawTypes().stream()),
					member.getFields()
						.stream()
						.filter(ReadersTests::isShown)
						.flatMap((field) -> field.getAllInvolvedRawTypes().stream()),
					member.getInterfaces().stream().flatMap((parent) -> parent.getAllInvolvedRawTypes().stream()),
					member.getSuperclass().stream().flatMap((parent) -> parent.getAllInvolvedRawTypes().stream())))
			.flatMap(Function.identity())
			.filter(House::isOurs)
			.map(House::outermost);
	}

	private static boolean isShown(JavaMember member) {
		return member.getModifiers().contains(JavaModifier.PUBLIC)
				|| member.getModifiers().contains(JavaModifier.PROTECTED);
	}

	private static boolean isShown(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(ReadersTests::isShown).orElse(true);
	}

	private static Set<String> words() throws IOException {
		StringBuilder text = new StringBuilder(pages());
		for (Path sources : CODE_OF_USERS) {
			try (Stream<Path> files = Files.walk(sources)) {
				for (Path file : files.filter((source) -> source.toString().endsWith(".java")).toList()) {
					text.append(Files.readString(file));
				}
			}
		}
		return Stream.of(text.toString().split("\\W+")).collect(Collectors.toSet());
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
