/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.docker.compose;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.docker.compose.core.ImageReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A facilitator of Docker Compose is found by its label.
 */
class FacilitatorDockerComposeConnectionDetailsFactoryTests {

	@Test
	void whenComposeServiceIsLabelledThenItsFirstPortAndPathCount() {
		assertThat(uri(List.of(32769, 32770), Map.of("io.x402.facilitator.path", "/base")))
			.isEqualTo(URI.create("http://127.0.0.1:32769/base"));
		assertThat(uri(List.of(32769), Map.of())).isEqualTo(URI.create("http://127.0.0.1:32769"));
	}

	@Test
	void whenComposeServicePublishesNoPortThenSaysSo() {
		assertThatIllegalStateException().isThrownBy(() -> uri(List.of(), Map.of()))
			.withMessageContaining("'facilitator'");
	}

	private static URI uri(List<Integer> ports, Map<String, String> labels) {
		return FacilitatorDockerComposeConnectionDetailsFactory.uri(
				new ComposeService("facilitator", ImageReference.of("example/facilitator:1"), ports, labels),
				FacilitatorDockerComposeConnectionDetailsFactory.PATH_LABEL);
	}

}
