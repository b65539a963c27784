/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The configuration that the documentation shows is one that an application starts with,
 * and the properties that it names exist.
 */
class DocumentedConfigurationTests {

	private static final Pattern NAME = Pattern.compile("`(x402(?:\\.[a-z][a-z0-9-]*(?:\\[])?)+)");

	private static final Set<String> WITH_FORMER_NAMES = Set.of("configuration.md", "upgrading.md");

	/** Their properties are not, or not all, on the class path of the tests. */
	private static final List<String> OF_OTHER_MODULES = List.of("spring.ai.", "spring.cloud.");

	private static final Set<String> OURS_OR_OF_SPRING = Set.of("x402", "spring", "server", "management", "logging");

	/**
	 * Properties files of the paywall page hold translated messages.
	 */
	static Stream<Snippet> configurations() {
		return Snippet.in(Snippet.pages())
			.filter(Snippet::isConfiguration)
			.filter((snippet) -> !snippet.language().equals("properties") || !snippet.page().endsWith("paywall.md"));
	}

	@ParameterizedTest
	@MethodSource("configurations")
	void whenConfigurationIsCopiedThenItsPropertiesExistAndAreBound(Snippet snippet) {
		EnumerablePropertySource<?> properties = load(snippet);
		PropertyNames spring = new PropertyNames(springProperties());
		assertThat(properties.getPropertyNames()).isNotEmpty()
			.filteredOn((name) -> OURS_OR_OF_SPRING.contains(name.split("\\.")[0]))
			.filteredOn((name) -> !name.startsWith("x402.") && OF_OTHER_MODULES.stream().noneMatch(name::startsWith))
			.allMatch((name) -> spring.contains(ConfigurationPropertyName.of(name)));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class))
			.withUserConfiguration(AllProperties.class)
			.withInitializer((context) -> {
				context.getEnvironment().getPropertySources().addLast(properties);
				context.getEnvironment().getPropertySources().addLast(placeholders(snippet));
			})
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenPropertyIsNamedThenItExists() throws IOException {
		PropertyNames known = PropertyNames.load();
		String sources = sources();
		for (Path page : Snippet.pages()) {
			if (!WITH_FORMER_NAMES.contains(page.getFileName().toString())) {
				assertThat(NAME.matcher(Files.readString(page)).results().map((match) -> match.group(1)).distinct())
					.as(page.toString())
					.allMatch((name) -> known.contains(ConfigurationPropertyName.of(name.replace("[]", "[0]")))
							|| sources.contains('"' + name + '"'));
			}
		}
	}

	@Test
	void whenPropertyDoesNotExistThenSnippetIsFound() {
		Snippet snippet = new Snippet(Path.of("docs/page.md"), 1, "yaml", "x402:\n  pay-too: 0x1\n");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> whenConfigurationIsCopiedThenItsPropertiesExistAndAreBound(snippet))
			.withStackTraceContaining("x402.pay-to");
	}

	private static EnumerablePropertySource<?> load(Snippet snippet) {
		PropertySourceLoader loader = snippet.language().equals("yaml") ? new YamlPropertySourceLoader()
				: new PropertiesPropertySourceLoader();
		try {
			List<PropertySource<?>> documents = loader.load(snippet.toString(),
					new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8)));
			assertThat(documents).hasSize(1);
			return (EnumerablePropertySource<?>) documents.get(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static PropertySource<?> placeholders(Snippet snippet) {
		return new MapPropertySource("placeholders",
				Pattern.compile("\\$\\{(\\w+)}")
					.matcher(snippet.text())
					.results()
					.map((MatchResult match) -> match.group(1))
					.distinct()
					.collect(Collectors.toMap((name) -> name, (name) -> "11".repeat(32))));
	}

	private static List<String> springProperties() {
		try {
			JsonMapper mapper = new JsonMapper();
			Set<String> names = new TreeSet<>();
			for (URL url : Collections.list(DocumentedConfigurationTests.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (var in = url.openStream()) {
					for (JsonNode property : mapper.readTree(in).path("properties")) {
						boolean map = property.path("type").asString("").startsWith("java.util.Map");
						names.add(property.path("name").asString() + (map ? ".*" : ""));
					}
				}
			}
			return List.copyOf(names);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String sources() throws IOException {
		StringBuilder text = new StringBuilder();
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java")).toList()) {
				text.append(Files.readString(file));
			}
		}
		return text.toString();
	}

	@Configuration(proxyBeanMethods = false)
	@ConfigurationPropertiesScan("io.x402.spring.autoconfigure")
	static class AllProperties {

	}

}
