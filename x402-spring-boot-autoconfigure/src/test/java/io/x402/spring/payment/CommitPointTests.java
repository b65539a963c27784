/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The statuses that are charged.
 */
class CommitPointTests {

	@ParameterizedTest
	@ValueSource(ints = { 101, 200, 201, 204, 206, 299, 301, 302, 303, 307, 308 })
	void whenStatusDeliversThenItIsBillable(int status) {
		assertThat(CommitPoint.isBillable(status)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100, 102, 103, 304, 400, 404, 406, 412, 500, 503, 599 })
	void whenStatusDeliversNothingThenItIsFree(int status) {
		assertThat(CommitPoint.isBillable(status)).isFalse();
	}

}
