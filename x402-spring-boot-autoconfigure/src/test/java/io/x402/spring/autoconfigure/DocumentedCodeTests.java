/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Java code that the documentation shows compiles. What it leaves to the reader, such
 * as the classes of a business, is in {@code snippets/surroundings.txt}.
 */
class DocumentedCodeTests {

	/** Its code is about the test kit, whose own tests have it. */
	private static final Set<String> OTHER_PAGES = Set.of("getting-started.md", "testing.md");

	private static final String TEST_OF_THE_KIT = "@WebMvcTest";

	@TempDir
	private Path classes;

	@Test
	void whenCodeIsCopiedThenItCompiles() throws IOException {
		List<Snippet> snippets = Snippet.in(Snippet.pages())
			.filter((snippet) -> snippet.language().equals("java"))
			.filter((snippet) -> !OTHER_PAGES.contains(snippet.page().getFileName().toString()))
			.filter((snippet) -> !snippet.text().startsWith(TEST_OF_THE_KIT))
			.toList();
		assertThat(snippets).hasSizeGreaterThan(15);
		assertThat(errors(snippets)).isEmpty();
	}

	@Test
	void whenCodeNamesWhatDoesNotExistThenItIsFound() throws IOException {
		Path page = Path.of("page.md");
		assertThat(errors(List.of(
				new Snippet(page, 1, "java", "@PaymentRequired(price = \"$1\", prize = \"$1\")\nString a() { … }\n"),
				new Snippet(page, 5, "java", "this.passes.revoke(pass.id());\n"),
				new Snippet(page, 9, "java", "this.passes.forget(pass.id());\n"))))
			.hasSize(2)
			.anyMatch((error) -> error.startsWith("page.md:1: ") && error.contains("prize"))
			.anyMatch((error) -> error.startsWith("page.md:9: ") && error.contains("forget"));
	}

	private List<String> errors(List<Snippet> snippets) throws IOException {
		List<JavaFileObject> sources = new ArrayList<>();
		sources.add(new Source("Surroundings", read("imports.txt") + read("surroundings.txt")));
		for (int i = 0; i < snippets.size(); i++) {
			sources.add(new Source("Snippet" + i, read("imports.txt")
					+ Shape.of(snippets.get(i).text()).type("Snippet" + i, snippets.get(i).text())));
		}
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		ToolProvider.getSystemJavaCompiler()
			.getTask(null, null, diagnostics,
					List.of("-proc:none", "-d", this.classes.toString(), "-classpath",
							System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))),
					null, sources)
			.call();
		return diagnostics.getDiagnostics()
			.stream()
			.filter((diagnostic) -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
			.map((diagnostic) -> place(diagnostic.getSource(), snippets) + ": " + diagnostic.getMessage(Locale.ENGLISH))
			.toList();
	}

	private static String place(JavaFileObject source, List<Snippet> snippets) {
		String name = source.getName().replaceAll("\\D", "");
		return name.isEmpty() ? "surroundings.txt" : snippets.get(Integer.parseInt(name)).toString();
	}

	private static String read(String name) throws IOException {
		return new ClassPathResource("snippets/" + name, DocumentedCodeTests.class)
			.getContentAsString(StandardCharsets.UTF_8);
	}

	/**
	 * Where a snippet stands in a source file, by how it begins.
	 */
	private enum Shape {

		TYPES("(?s)(?:@\\w+\\s+)*(?:class|record|interface) .*") {

			@Override
			String members(String code) {
				return CLASS.matcher(code)
					.replaceAll((match) -> "class " + match.group(1) + ((match.group(2) != null)
							? match.group(2) + " { Object server; " : " extends Surroundings { "));
			}

		},

		ANNOTATIONS("(?:@\\w+\\(.*\\R)+") {

			@Override
			String members(String code) {
				AtomicInteger count = new AtomicInteger();
				return code.lines()
					.map((line) -> line.replace("  //", " void m" + count.incrementAndGet() + "() { } //"))
					.collect(Collectors.joining("\n"));
			}

		},

		CONSTRUCTOR("(?s)\\w+\\([^;]*\\) \\{.*") {

			@Override
			String members(String code) {
				return "class " + code.substring(0, code.indexOf('(')) + " extends Surroundings { " + code + " }";
			}

		},

		MEMBERS("(?s)@.*") {

			@Override
			String members(String code) {
				return code;
			}

		},

		STATEMENTS("(?s).*") {

			@Override
			String members(String code) {
				return "void run() throws Exception {" + code + (code.stripTrailing().endsWith(")") ? ";" : "") + "}";
			}

		};

		private static final Pattern CLASS = Pattern.compile("(?m)^class (\\w+)( extends \\w+)? \\{");

		private final Pattern start;

		Shape(String start) {
			this.start = Pattern.compile(start);
		}

		static Shape of(String code) {
			return Arrays.stream(values())
				.filter((shape) -> shape.start.matcher(code).matches())
				.findFirst()
				.orElseThrow();
		}

		String type(String name, String code) {
			return "class " + name + " extends Surroundings { "
					+ members(code.replace("{ … }", "{ throw new UnsupportedOperationException(); }")) + "\n}";
		}

		abstract String members(String code);

	}

	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		Source(String name, String text) {
			super(URI.create("snippets:///" + name + ".java"), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
