/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
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

	@Test
	void headingsOfAPageAreInOrderAndDistinct() throws IOException {
		try (Stream<Path> top = Files.list(ROOT); Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			assertThat(Stream.concat(top, docs).filter((file) -> file.toString().endsWith(".md")))
				.hasSizeGreaterThan(30)
				.allSatisfy((page) -> assertThat(faultsOfHeadings(read(page))).as(page.toString()).isEmpty());
		}
	}

	@Test
	void whenHeadingsAreNotInOrderThenTheyAreFound() {
		assertThat(faultsOfHeadings("# A\n\n### B\n\n## C.\n\n## C.\n")).hasSize(3);
		assertThat(faultsOfHeadings("## A\n\n# B\n")).hasSize(2);
	}

	/**
	 * One title, no level left out, no heading twice below the same one, no full stop.
	 */
	private static List<String> faultsOfHeadings(String page) {
		List<String> faults = new ArrayList<>();
		List<String> path = new ArrayList<>();
		Set<String> seen = new HashSet<>();
		String text = page.replaceAll("(?ms)^```.*?^```$", "");
		for (String line : Pattern.compile("(?m)^#+ .*$").matcher(text).results().map(MatchResult::group).toList()) {
			int level = line.indexOf(' ');
			if (level > path.size() + 1 || level == 1 && !path.isEmpty()) {
				faults.add("out of order: " + line);
			}
			while (path.size() >= level) {
				path.remove(path.size() - 1);
			}
			path.add(line);
			if (!seen.add(String.join("/", path)) || line.endsWith(".")) {
				faults.add("twice, or a sentence: " + line);
			}
		}
		return faults;
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
