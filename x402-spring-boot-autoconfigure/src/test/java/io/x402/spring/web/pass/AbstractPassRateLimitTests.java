/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Guesses of tokens are limited like requests without a payment.
 */
abstract class AbstractPassRateLimitTests {

	@LocalServerPort
	private int port;

	@Test
	void whenTokensAreGuessedThenTheLimitEndsIt() {
		PassClient client = new PassClient(this.port);
		String token = client.buy("/ten");
		for (int i = 0; i < 4; i++) {
			assertThat(client.use("/ten", "0".repeat(32) + token.substring(32)).statusCode()).isEqualTo(402);
		}
		assertThat(client.use("/ten", "junk").statusCode()).isEqualTo(429);
		assertThat(client.uses("/ten", token)).isEqualTo(9);
	}

}
