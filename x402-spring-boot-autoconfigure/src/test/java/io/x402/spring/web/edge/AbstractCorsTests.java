/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Browser buyers of handlers whose origins are those of an annotation or of the
 * configuration of the web stack.
 */
abstract class AbstractCorsTests extends CorsExchange {

	@ParameterizedTest
	@ValueSource(strings = { "/cors/annotated", "/cors/mapped" })
	void whenOriginIsLetInThenItCanBuy(String path) throws IOException {
		assertBuys(path);
		assertThat(values(get(path, SHOP), "Access-Control-Expose-Headers")).contains("x-own");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cors/annotated", "/cors/mapped" })
	void whenOriginIsNotLetInThenNothingIsAdded(String path) throws IOException {
		assertRefuses(path);
	}

	@Test
	void whenApplicationHasNoCorsThenNothingIsAdded() throws IOException {
		assertThat(preflight("/plain", SHOP + PREFLIGHT)).doesNotContainIgnoringCase("Access-Control-");
		assertThat(get("/plain", SHOP)).doesNotContainIgnoringCase("Access-Control-");
		assertThat(get("/plain", "")).doesNotContainIgnoringCase("Access-Control-");
	}

	@Test
	void whenPreflightAsksForMoreThenApplicationDecides() throws IOException {
		String answer = preflight("/cors/mapped", SHOP + "Access-Control-Request-Method: POST\r\n"
				+ "Access-Control-Request-Headers: content-type, PAYMENT-SIGNATURE , x-payment\r\n");
		assertThat(answer).startsWith("HTTP/1.1 200");
		assertThat(values(answer, "Access-Control-Allow-Headers")).contains("content-type", "payment-signature",
				"x-payment");
		assertThat(preflight("/cors/mapped",
				SHOP + "Access-Control-Request-Method: DELETE\r\n"
						+ "Access-Control-Request-Headers: payment-signature\r\n"))
			.startsWith("HTTP/1.1 403")
			.doesNotContainIgnoringCase("Access-Control-Allow-Headers");
	}

	@Test
	void whenPreflightAsksForNoHeaderOfPaymentsThenNoneIsAllowed() throws IOException {
		String answer = preflight("/cors/mapped",
				SHOP + "Access-Control-Request-Method: GET\r\n" + "Access-Control-Request-Headers: content-type\r\n");
		assertThat(values(answer, "Access-Control-Allow-Headers")).containsExactly("content-type");
	}

	@Test
	void whenRequestIsOfTheSameOriginThenNothingIsAdded() throws IOException {
		assertThat(get("/cors/mapped", "Origin: http://localhost:" + port() + "\r\n"))
			.doesNotContainIgnoringCase("\nAccess-Control-");
	}

}
