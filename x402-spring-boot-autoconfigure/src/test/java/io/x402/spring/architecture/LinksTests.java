/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Links of the documentation lead to files and headings that exist.
 */
class LinksTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

	@Test
	void whenAPageLinksWithinTheRepositoryThenItsTargetExists() throws IOException {
		List<Link> links = links();
		assertThat(links).hasSizeGreaterThan(80).filteredOn((link) -> !link.leadsSomewhere()).isEmpty();
	}

	@Test
	void whenALinkLeadsNowhereThenItIsFound() {
		assertThat(List.of("docs/none.md", "README.md#no-such-heading"))
			.noneMatch((target) -> new Link(ROOT.resolve("README.md"), target).leadsSomewhere());
	}

	@Test
	void whenThereIsAPageThenTheIndexNamesIt() throws IOException {
		String index = Files.readString(ROOT.resolve("docs/README.md"));
		try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
			assertThat(pages.map((page) -> page.getFileName().toString())
				.filter((name) -> name.endsWith(".md") && !name.equals("README.md")))
				.allSatisfy((name) -> assertThat(index).contains("(" + name + ")"));
		}
	}

	private static List<Link> links() throws IOException {
		try (Stream<Path> top = Files.list(ROOT);
				Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
				Stream<Path> interop = Files.list(ROOT.resolve("sample-app/interop"))) {
			return Stream.of(top, docs, interop)
				.flatMap((files) -> files)
				.filter((file) -> file.toString().endsWith(".md"))
				.flatMap((page) -> LINK.matcher(read(page)).results().map((match) -> new Link(page, match.group(1))))
				.filter((link) -> !link.target().startsWith("http"))
				.toList();
		}
	}

	private static String read(Path page) {
		try {
			return Files.readString(page);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A link.
	 *
	 * @param page page that it is on
	 * @param target where it leads, relative to the page
	 */
	private record Link(Path page, String target) {

		boolean leadsSomewhere() {
			String[] parts = this.target.split("#", 2);
			Path file = parts[0].isEmpty() ? this.page : this.page.resolveSibling(parts[0]).normalize();
			return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
		}

		private static Set<String> anchors(Path file) {
			return HEADING.matcher(read(file))
				.results()
				.map((MatchResult heading) -> heading.group(1).toLowerCase(Locale.ROOT))
				.map((heading) -> heading.replaceAll("[^\\w\\- ]", "").strip().replace(' ', '-'))
				.collect(Collectors.toSet());
		}

	}

}
