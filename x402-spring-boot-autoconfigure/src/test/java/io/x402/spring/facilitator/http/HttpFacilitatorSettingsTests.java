/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HttpFacilitatorSettings} and {@link FacilitatorUri}.
 */
class HttpFacilitatorSettingsTests {

	@ParameterizedTest
	@CsvSource({ "https://x402.org/facilitator, https://x402.org/facilitator",
			"https://x402.org/facilitator/, https://x402.org/facilitator", "https://x402.org///, https://x402.org",
			"' https://x402.org ', https://x402.org", "HTTPS://x402.org:8443/a, HTTPS://x402.org:8443/a",
			"http://localhost:8402, http://localhost:8402", "http://127.0.0.1:8402/f, http://127.0.0.1:8402/f",
			"http://127.1.2.3, http://127.1.2.3", "http://[::1]:8402, http://[::1]:8402" })
	void whenUrlIsUsableThenTrailingSlashesAreRemoved(String url, String baseUri) {
		assertThat(HttpFacilitatorSettings.of(url).baseUri()).hasToString(baseUri);
	}

	@ParameterizedTest
	@CsvSource({ "http://x402.org/facilitator, https", "http://169.254.169.254, https", "http://10.0.0.1, https",
			"http://localhost.evil.test, https", "http://127.0.0.1.evil.test, https", "http://[::2], https",
			"ftp://x402.org, absolute https", "x402.org/facilitator, absolute https", "/facilitator, absolute https",
			"https:///facilitator, absolute https", "https://x402.org:0, absolute https",
			"https://x402.org:65536, absolute https", "https://x402.org?a=b, query", "https://x402.org#a, query",
			"https://x4 02.org, not a valid URL", "'', absolute https" })
	void whenUrlIsNotUsableThenMessageSaysWhy(String url, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpFacilitatorSettings.of(url))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user:s3cret@x402.org", "https://s3cret@x402.org", "http://user:s3cret@localhost",
			"https://user:s3cret@under_score", "https://user:s3cret@x402 org" })
	void whenUrlHasUserInformationThenIsRefusedWithoutRepeatingIt(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpFacilitatorSettings.of(url))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cret"));
	}

	@Test
	void whenNothingElseIsSetThenDefaultsApply() {
		HttpFacilitatorSettings settings = HttpFacilitatorSettings.of("https://x402.org");
		assertThat(settings.verifyTimeout()).hasSeconds(10);
		assertThat(settings.settleTimeout()).hasSeconds(90);
		assertThat(settings.supportedTtl()).hasMinutes(10);
		assertThat(settings.headers()).isEmpty();
	}

	@Test
	void whenTimeoutIsNotPositiveThenIsRefused() {
		HttpFacilitatorSettings settings = HttpFacilitatorSettings.of("https://x402.org");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> settings.withTimeouts(Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(1)))
			.withMessageContaining("settle timeout");
	}

	@ParameterizedTest
	@CsvSource({ "X-Api-Key, 's3cret\r\nHost: evil.test'", "'X-Api-Key: a', s3cret", "X-Api-Key, ''",
			"X-Api-Key, s3cret\u00fc" })
	void whenHeaderCannotBeSentThenIsRefusedWithoutRepeatingItsValue(String name, String value) {
		HttpFacilitatorSettings settings = HttpFacilitatorSettings.of("https://x402.org");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withHeaders(Map.of(name, value)))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cret"));
	}

	@Test
	void whenPrintedThenHeadersAreNotShown() {
		assertThat(HttpFacilitatorSettings.of("https://x402.org").withHeaders(Map.of("X-Api-Key", "s3cret")))
			.hasToString("HttpFacilitatorSettings[https://x402.org]");
	}

}
