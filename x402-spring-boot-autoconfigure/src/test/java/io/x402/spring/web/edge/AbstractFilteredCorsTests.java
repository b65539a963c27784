/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;

import org.junit.jupiter.api.Test;

/**
 * Browser buyers where a filter lets in one origin for all paths.
 */
abstract class AbstractFilteredCorsTests extends CorsExchange {

	@Test
	void whenOriginIsLetInThenItCanBuy() throws IOException {
		assertBuys("/plain");
	}

	@Test
	void whenOriginIsNotLetInThenNothingIsAdded() throws IOException {
		assertRefuses("/plain");
	}

}
