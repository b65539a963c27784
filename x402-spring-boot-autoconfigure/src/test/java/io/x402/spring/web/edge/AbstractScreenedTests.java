/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Tests of a shop with Spring Security that reads the payers it refuses from a file.
 */
abstract class AbstractScreenedTests {

	/** Whom the shop refuses: nobody, unless a test says so for a while. */
	static final Path REFUSED = empty();

	private static Path empty() {
		try {
			Path file = Files.createTempFile("refused", ".txt");
			file.toFile().deleteOnExit();
			return Files.writeString(file, "# nobody yet");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@DynamicPropertySource
	static void screening(DynamicPropertyRegistry properties) {
		properties.add("x402.screening.file", REFUSED::toString);
	}

}
