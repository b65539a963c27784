/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps documentation, comments, descriptions of properties and messages to one word for
 * one thing. CONTRIBUTING has the words.
 */
class WordsTests {

	private static final Path ROOT = Path.of("..");

	private static final Path SOURCES = Path.of("src", "main", "java");

	/** Words that are not ours, wherever a person reads them. */
	private static final String FOREIGN = String.join("|", "\\banew\\b", "\\bnobody\\b", "\\bsomebody\\b",
			"\\bfor ever\\b", "\\blooked into\\b", "\\b(?:has|have) to\\b", "\\bbooks\\b", "\\bunderway\\b",
			"\\bwhoever\\b", "\\bprice lists?\\b", "\\breceivers?\\b");

	/** What comes over HTTP is a response, and what it means an outcome. */
	private static final String ANSWER_AS_A_NOUN = "\\b(?:an?|the|no|any|each|every|old|new|next|lost|late|kept|stored|"
			+ "usable|useful) answers?\\b";

	private static final Pattern IN_PROSE = Pattern.compile(FOREIGN + "|" + ANSWER_AS_A_NOUN, Pattern.CASE_INSENSITIVE);

	private static final Pattern IN_MESSAGES = Pattern.compile(FOREIGN + "|\\banswer(?:s|ed|ing)?\\b",
			Pattern.CASE_INSENSITIVE);

	/** Our own Javadoc and comments may still say {@code whoever}. */
	private static final Pattern IN_COMMENTS = Pattern.compile(
			FOREIGN.replace("|\\bwhoever\\b", "") + "|(?<!@param )\\banswer(?:s|ed|ing)?\\b(?![^{]*\\})",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern COMMENT = Pattern.compile("^\\s*(?:/\\*\\*|\\*|//) ?(.*)$");

	private static final Pattern MESSAGE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)* (?:[^\"\\\\]|\\\\.)*)\"");

	private static final Pattern DESCRIPTION = Pattern.compile("\"description\": \"(.*)\"");

	@Test
	void documentationKeepsToTheWords() throws IOException {
		assertThat(foreign(documents(), Pattern.compile("(.*)"), IN_PROSE)).isEmpty();
	}

	@Test
	void messagesKeepToTheWords() throws IOException {
		assertThat(foreign(files(SOURCES, ".java"), MESSAGE, IN_MESSAGES)).isEmpty();
	}

	@Test
	void commentsKeepToTheWords() throws IOException {
		assertThat(foreign(files(SOURCES, ".java"), COMMENT, IN_COMMENTS)).isEmpty();
	}

	@Test
	void descriptionsOfPropertiesKeepToTheWords() throws IOException {
		assertThat(foreign(files(Path.of("src", "main", "resources", "META-INF"), ".json"), DESCRIPTION, IN_MESSAGES))
			.isEmpty();
		assertThat(foreign(files(SOURCES.resolve("io/x402/spring/autoconfigure"), "Properties.java"),
				Pattern.compile("\\* (.*)"), IN_MESSAGES))
			.isEmpty();
	}

	@Test
	void whenAForeignWordIsWrittenThenItIsFound() {
		assertThat(foreign("docs", "It has to be signed anew.", Pattern.compile("(.*)"), IN_PROSE))
			.containsExactly("docs: has to", "docs: anew");
		assertThat(foreign("Code", "fail(\"The node answered\" + \"answer\")", MESSAGE, IN_MESSAGES))
			.containsExactly("Code: answered");
		assertThat(foreign("Code", "	 * @param answer the answer", COMMENT, IN_COMMENTS))
			.containsExactly("Code: answer");
	}

	/**
	 * The changelog names what there was, and CONTRIBUTING the words to avoid.
	 */
	private static List<Path> documents() throws IOException {
		List<Path> documents = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
		for (String name : List.of("README.md", "SECURITY.md")) {
			documents.add(ROOT.resolve(name));
		}
		return documents;
	}

	private static List<Path> files(Path root, String end) throws IOException {
		try (Stream<Path> files = Files.walk(root)) {
			List<Path> found = files.filter((file) -> file.toString().endsWith(end)).sorted().toList();
			assertThat(found).isNotEmpty();
			return found;
		}
	}

	private static List<String> foreign(List<Path> files, Pattern text, Pattern words) {
		return files.stream().flatMap((file) -> foreign(file, text, words)).toList();
	}

	private static Stream<String> foreign(Path file, Pattern text, Pattern words) {
		List<String> found = new ArrayList<>();
		try {
			List<String> lines = Files.readAllLines(file);
			for (int i = 0; i < lines.size(); i++) {
				found.addAll(foreign(file + ":" + (i + 1), lines.get(i), text, words));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return found.stream();
	}

	private static List<String> foreign(String place, String line, Pattern text, Pattern words) {
		List<String> found = new ArrayList<>();
		Matcher texts = text.matcher(line);
		while (texts.find()) {
			Matcher word = words.matcher(texts.group(1));
			while (word.find()) {
				found.add(place + ": " + word.group());
			}
		}
		return found;
	}

}
