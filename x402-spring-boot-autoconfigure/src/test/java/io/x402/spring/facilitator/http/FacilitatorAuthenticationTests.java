/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FacilitatorAuthentication}.
 */
class FacilitatorAuthenticationTests {

	private static final FacilitatorCall CALL = new FacilitatorCall("POST",
			URI.create("https://facilitator.example.test/verify"));

	@Test
	void whenNothingIsAskedForThenThereAreNoHeaders() {
		assertThat(FacilitatorAuthentication.none().headers(CALL)).isEmpty();
	}

	@Test
	void whenTokenIsSuppliedThenEveryCallGetsTheCurrentOne() {
		AtomicInteger token = new AtomicInteger();
		FacilitatorAuthentication bearer = FacilitatorAuthentication.bearer(() -> "t" + token.incrementAndGet());
		assertThat(bearer.headers(CALL)).isEqualTo(Map.of("Authorization", "Bearer t1"));
		assertThat(bearer.headers(CALL)).isEqualTo(Map.of("Authorization", "Bearer t2"));
	}

	/** The example of RFC 7617. */
	@Test
	void whenPasswordIsGivenThenHeaderIsThatOfTheStandard() {
		assertThat(FacilitatorAuthentication.basic("test", "123\u00a3").headers(CALL))
			.isEqualTo(Map.of("Authorization", "Basic dGVzdDoxMjPCow=="));
	}

	@Test
	void whenShownThenNothingSecretIs() {
		assertThat(FacilitatorAuthentication.basic("test", "hunter2").toString()
				+ FacilitatorAuthentication.bearer(() -> "hunter2"))
			.doesNotContain("hunter2", "dGVzd");
	}

}
