/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import fr.acinq.secp256k1.Secp256k1Exception;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link X402RuntimeHints}.
 */
class X402RuntimeHintsTests {

	private static final Pattern CLASS_NAME = Pattern.compile("\"([a-z]\\w*(?:\\.\\w+)*\\.[A-Z]\\w*)\"");

	private static final Path SOURCES = Path.of("src/main/java");

	private static final Path RESOURCES = Path.of("src/main/resources");

	private final RuntimeHints hints = hints();

	private static RuntimeHints hints() {
		RuntimeHints hints = new RuntimeHints();
		new X402RuntimeHints().registerHints(hints, X402RuntimeHintsTests.class.getClassLoader());
		return hints;
	}

	@Test
	void whenAFileIsReadFromTheJarThenItIsHinted() throws IOException {
		try (Stream<Path> files = Files.walk(RESOURCES.resolve("io"))) {
			List<String> names = files.filter(Files::isRegularFile)
				.map((file) -> RESOURCES.relativize(file).toString().replace('\\', '/'))
				.toList();
			assertThat(names).hasSizeGreaterThan(20)
				.allMatch((name) -> RuntimeHintsPredicates.resource().forResource(name).test(this.hints));
		}
	}

	@Test
	void whenAMessageIsReadByTheCodecThenItIsHinted() {
		Set<String> read = new TreeSet<>();
		for (JavaClass type : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("io.x402.spring")) {
			type.getCodeUnits().stream().filter(X402RuntimeHintsTests::reads).forEach((unit) -> add(read, unit));
		}
		assertThat(read).hasSizeGreaterThan(8)
			.allMatch((name) -> RuntimeHintsPredicates.reflection().onType(TypeReference.of(name)).test(this.hints));
	}

	@Test
	void whenAClassIsLookedForByNameThenItIsHinted() throws IOException {
		Set<String> names = new TreeSet<>();
		try (Stream<Path> files = Files.walk(SOURCES)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java")).toList()) {
				String source = Files.readString(file);
				if (source.contains("ClassUtils.isPresent(") && !file.endsWith("X402RuntimeHints.java")) {
					CLASS_NAME.matcher(source).results().map((name) -> name.group(1)).forEach(names::add);
				}
			}
		}
		assertThat(names).hasSizeGreaterThan(5).hasSameElementsAs(X402RuntimeHints.LOOKED_FOR);
	}

	private static boolean reads(JavaCodeUnit unit) {
		return unit.getMethodCallsFromSelf()
			.stream()
			.anyMatch((call) -> Set.of("read", "decode", "readValue").contains(call.getName()));
	}

	private static void add(Set<String> read, JavaCodeUnit unit) {
		unit.getReferencedClassObjects()
			.stream()
			.map(ReferencedClassObject::getValue)
			.filter((type) -> type.getPackageName().startsWith("io.x402") && !type.equals(unit.getOwner()))
			.forEach((type) -> read.add(type.getName()));
	}

	@Test
	void whenALibraryIsFoundByNameThenItIsHinted() {
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Connection.class)).accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("fr/acinq/secp256k1/jni/native/linux-x86_64/libsecp256k1-jni.so")).accepts(this.hints);
		assertThat(this.hints.jni().getTypeHint(Secp256k1Exception.class)).isNotNull();
	}

}
