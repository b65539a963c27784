/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

import io.x402.spring.access.ListedPayers;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the screening of payers.
 *
 * @param file File with the addresses of payers whose payments are refused, one a line.
 * It is read again when it has changed.
 * @param reloadInterval Minimum time between two looks at whether the file has changed.
 */
@ConfigurationProperties("x402.screening")
record X402ScreeningProperties(@Nullable String file, @DefaultValue("10s") Duration reloadInterval) {

	private static final String FILE = "x402.screening.file";

	public X402ScreeningProperties {
		Limits.duration("x402.screening.reload-interval", reloadInterval, Duration.ZERO, Duration.ofDays(1));
	}

	ListedPayers toScreening() {
		if (this.file == null || this.file.isBlank()) {
			throw new InvalidPropertyException(FILE, this.file, "must name a file",
					"Name the file of refused addresses, or remove the property.");
		}
		try {
			return new ListedPayers(Path.of(this.file), this.reloadInterval, MonotonicClock.system());
		}
		catch (IOException | InvalidPathException ex) {
			throw new InvalidPropertyException(FILE, this.file, "the file cannot be used: " + ex.getMessage(),
					"Name a readable text file of addresses, one a line, with comments after '#'.");
		}
	}

}
