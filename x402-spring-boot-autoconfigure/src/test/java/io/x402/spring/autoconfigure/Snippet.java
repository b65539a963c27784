/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Code on a page of the documentation.
 *
 * @param page the page
 * @param line line that it begins on
 * @param language language that the page names
 * @param text the code
 */
record Snippet(Path page, int line, String language, String text) {

	private static final Path ROOT = Path.of("..");

	private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```");

	private static final Set<String> CONFIGURATION = Set.of("yaml", "properties");

	/**
	 * Return the pages for users.
	 */
	static List<Path> pages() {
		try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of(ROOT.resolve("README.md"), ROOT.resolve("SECURITY.md")), docs)
				.filter((file) -> file.toString().endsWith(".md"))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Stream<Snippet> in(List<Path> pages) {
		return pages.stream().flatMap(Snippet::in);
	}

	private static Stream<Snippet> in(Path page) {
		try {
			String text = Files.readString(page);
			return FENCE.matcher(text)
				.results()
				.map((match) -> new Snippet(page, (int) text.substring(0, match.start()).lines().count() + 1,
						match.group(1), match.group(2)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean isConfiguration() {
		return CONFIGURATION.contains(this.language);
	}

	@Override
	public String toString() {
		return this.page.getFileName() + ":" + this.line;
	}

}
