/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;

/**
 * Prints the figures by which the house is judged. {@code .ci/figures} runs it.
 */
final class Figures {

	private static final int MAX_PARAMETERS = 5;

	private static final String CONFIGURATION = "org.springframework.boot.context.properties.ConfigurationProperties";

	private static final Pattern SLEEP = Pattern.compile("\\b(Thread|TimeUnit\\.[A-Z]+)\\.sleep\\(");

	private static final Pattern DUPLICATION = Pattern
		.compile("<duplication lines=\"(\\d+)\" tokens=\"(\\d+)\">(.*?)</duplication>", Pattern.DOTALL);

	private static final Pattern PLACE = Pattern
		.compile("<file[^>]*?\\sline=\"(\\d+)\"\\s+path=\"[^\"]*?([^/\"]+)\\.java\"");

	/**
	 * Beginnings of blocks that differ in their imports only: the mappings and functional
	 * endpoints of Spring MVC and of WebFlux are types of their own with the same names,
	 * as are the documented keys of two observations.
	 */
	private static final List<String> TWINS = List.of("[ReactivePricingCatalog:", "[ReactiveStack:",
			"[FunctionVisitor:", "[PathMatch:", "[ServerPricingRequest:", "[UnmatchedRequests:",
			"[FacilitatorObservationDocumentation:");

	private Figures() {
	}

	/**
	 * Print all figures.
	 * @param arguments the directory of the compiled classes, the report of PMD's copy
	 * and paste detector, and directories of tests
	 */
	public static void main(String[] arguments) throws IOException {
		House house = House.of(Path.of(arguments[0]));
		print("public types for users, without nested ones", publicTypes(house, Readers.USERS));
		print("public types for transports, stores and facilitators (SPI), without nested ones",
				publicTypes(house, Readers.BUILDERS));
		print("public types between our own rooms, without nested ones", publicTypes(house, Readers.OUR_ROOMS));
		print("constructors over " + MAX_PARAMETERS + " parameters, classes",
				wide(house.types().stream().filter((type) -> !type.isRecord())));
		print("constructors over " + MAX_PARAMETERS + " parameters, records outside configuration",
				wide(house.types().stream().filter((type) -> type.isRecord() && !isConfiguration(type))));
		print("class cycles within packages", house.classCycles().stream().map(Object::toString).toList());
		List<String> duplicates = duplicates(Files.readString(Path.of(arguments[1])));
		print("duplicated blocks, of which types of two libraries with the same names leave no other way",
				duplicates.stream().filter(Figures::isOfTwins).toList());
		print("duplicated blocks, others", duplicates.stream().filter((block) -> !isOfTwins(block)).toList());
		print("sleeps in tests",
				IntStream.range(2, arguments.length)
					.mapToObj((index) -> Path.of(arguments[index]))
					.flatMap(Figures::sleeps)
					.sorted()
					.toList());
	}

	private static void print(String figure, List<String> places) {
		System.out.println(figure + ": " + places.size());
		places.forEach((place) -> System.out.println("    " + place));
	}

	private static List<String> publicTypes(House house, Readers readers) {
		return house.types()
			.stream()
			.filter((type) -> Readers.isPublic(type) && Readers.of(type) == readers)
			.map(House::shortName)
			.sorted()
			.toList();
	}

	private static boolean isConfiguration(JavaClass type) {
		return type.isAnnotatedWith(CONFIGURATION)
				|| type.getEnclosingClass().map(Figures::isConfiguration).orElse(false);
	}

	private static List<String> wide(Stream<JavaClass> types) {
		return types.flatMap((type) -> type.getConstructors().stream())
			.filter((constructor) -> parameters(constructor) > MAX_PARAMETERS)
			.map(Figures::signature)
			.sorted()
			.toList();
	}

	private static String signature(JavaConstructor constructor) {
		return House.shortName(constructor.getOwner()) + " (" + parameters(constructor) + ")";
	}

	/**
	 * Return how many parameters are written in the source.
	 */
	private static int parameters(JavaConstructor constructor) {
		JavaClass type = constructor.getOwner();
		int added = type.isEnum() ? 2 : type.isInnerClass() ? 1 : 0;
		return constructor.getRawParameterTypes().size() - added;
	}

	private static List<String> duplicates(String report) {
		return DUPLICATION.matcher(report)
			.results()
			.map((block) -> block.group(1) + " lines, " + block.group(2) + " tokens: " + places(block.group(3)))
			.toList();
	}

	private static boolean isOfTwins(String block) {
		return TWINS.stream().anyMatch(block::contains);
	}

	private static List<String> places(String block) {
		return PLACE.matcher(block).results().map((place) -> place.group(2) + ":" + place.group(1)).toList();
	}

	private static Stream<String> sleeps(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.flatMap((file) -> sleepsIn(file).stream())
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> sleepsIn(Path file) {
		try {
			String source = Files.readString(file);
			return SLEEP.matcher(source)
				.results()
				.map(MatchResult::start)
				.map((start) -> file.getFileName() + ":" + (source.substring(0, start).lines().count()))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
