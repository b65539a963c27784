/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The files in {@code docs/monitoring} ask for meters and tags that there are.
 */
class MonitoringFilesTests {

	private static final Path DIRECTORY = Path.of("..", "docs", "monitoring");

	private static final Set<String> SERIES = Set.of(series(PaymentMeters.PAYMENTS) + "_total",
			series(PaymentMeters.SETTLED_AMOUNT) + "_tokens_sum", series(LimitMeters.REFUSED) + "_total",
			series(name(FacilitatorObservationDocumentation.VERIFY)) + "_seconds_count",
			series(name(FacilitatorObservationDocumentation.VERIFY)) + "_seconds_sum",
			series(name(FacilitatorObservationDocumentation.SETTLE)) + "_seconds_count",
			series(name(FacilitatorObservationDocumentation.SETTLE)) + "_seconds_sum", "x402_facilitator_gas_balance");

	private static final Set<String> OUTCOMES = Set.of("refused", "verified", "settled", "declined", "unknown", "valid",
			"invalid", "unavailable");

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "alerts-test.yml", "dashboard.json" })
	void everySeriesIsOneOfOurs(String file) throws IOException {
		assertThat(found(file, "\\b(x402_\\w+)")).isNotEmpty().isSubsetOf(SERIES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "alerts-test.yml", "dashboard.json" })
	void everyOutcomeIsOneOfOurs(String file) throws IOException {
		assertThat(found(file, "outcome!?=~?\\\\?\"(\\w+)")).isNotEmpty().isSubsetOf(OUTCOMES);
	}

	private static Set<String> found(String file, String pattern) throws IOException {
		Set<String> found = new TreeSet<>();
		for (Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(DIRECTORY.resolve(file))); matcher
			.find();) {
			found.add(matcher.group(1));
		}
		return found;
	}

	private static String name(FacilitatorObservationDocumentation documentation) {
		return String.valueOf(documentation.getName());
	}

	private static String series(String meter) {
		return meter.replace('.', '_');
	}

}
