/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CorsHeadersTests {

	@Test
	void whenHeadersOfBothAreRequestedThenSplitsThem() {
		CorsHeaders headers = CorsHeaders.requested(List.of("Content-Type, PAYMENT-SIGNATURE", "x-payment,X-Own"));
		assertThat(headers.ofProtocol()).isEqualTo("PAYMENT-SIGNATURE, x-payment");
		assertThat(headers.ofApplication()).isEqualTo("Content-Type, X-Own");
	}

	@Test
	void whenNothingIsRequestedThenThereIsNothingToAllow() {
		CorsHeaders headers = CorsHeaders.requested(List.of());
		assertThat(headers.ofProtocol()).isNull();
		assertThat(headers.ofApplication()).isNull();
	}

}
