/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.x402.sample.shop.HandlerRuns;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Makes goods that name their purchase, and appends a line for each run to the file
 * {@code lab.run-log}, which tells how often a handler ran even after its process was
 * killed.
 */
@Component
@Profile("lab")
public final class RunLog {

	private final HandlerRuns runs;

	private final @Nullable Path file;

	RunLog(HandlerRuns runs, @Value("${lab.run-log:#{null}}") @Nullable Path file) {
		this.runs = runs;
		this.file = file;
	}

	/**
	 * Count a run and make its goods.
	 * @param handler method and path of the handler
	 * @param id names the purchase
	 * @param lines number of lines of about 50 bytes between the first and the last one
	 * @return the goods
	 */
	public String goods(String handler, String id, int lines) {
		if (!id.matches("[A-Za-z0-9-]{1,64}")) {
			throw new IllegalArgumentException("The id of a purchase consists of letters, digits and hyphens");
		}
		String served = this.runs.served(handler);
		if (this.file != null) {
			append(this.file, id + " " + handler + "\n");
		}
		return "begin %1$s %2$s\n%3$send %1$s\n".formatted(id, served,
				"goods of %s ................................\n".formatted(id).repeat(lines));
	}

	private static synchronized void append(Path file, String line) {
		try {
			Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
