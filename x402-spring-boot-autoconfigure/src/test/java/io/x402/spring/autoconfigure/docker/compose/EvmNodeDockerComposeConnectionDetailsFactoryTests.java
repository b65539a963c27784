/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.docker.compose;

import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node of Docker Compose is found by its image or its label.
 */
class EvmNodeDockerComposeConnectionDetailsFactoryTests {

	private static final String FOUNDRY = "ghcr.io/foundry-rs/foundry:v1.7.1";

	private static final String LABEL = "org.springframework.boot.service-connection";

	@Test
	void whenComposeServiceIsOfFoundryThenItsFirstPortCounts() throws Exception {
		EvmNodeConnectionDetails details = details(FOUNDRY, List.of(32769, 32770), Map.of());
		assertThat(details).isNotNull();
		assertThat(details.getUris()).containsExactly(URI.create("http://127.0.0.1:32769"));
	}

	@Test
	void whenComposeServiceIsLabelledThenItsPathCountsToo() throws Exception {
		EvmNodeConnectionDetails details = details("example/node:1", List.of(32769),
				Map.of(LABEL, "x402-evm-node", "io.x402.evm-node.path", "/ext/bc/C/rpc"));
		assertThat(details).isNotNull();
		assertThat(details.getUris()).containsExactly(URI.create("http://127.0.0.1:32769/ext/bc/C/rpc"));
	}

	@Test
	void whenComposeServiceIsNoNodeThenThereAreNoDetails() throws Exception {
		assertThat(details("example/node:1", List.of(32769), Map.of())).isNull();
		assertThat(details(FOUNDRY, List.of(), Map.of())).as("it deploys contracts").isNull();
	}

	private static @Nullable EvmNodeConnectionDetails details(String image, List<Integer> ports,
			Map<String, String> labels) throws Exception {
		Constructor<DockerComposeConnectionSource> source = DockerComposeConnectionSource.class
			.getDeclaredConstructor(RunningService.class, Environment.class);
		source.setAccessible(true);
		return (EvmNodeConnectionDetails) new ConnectionDetailsFactories(null).getConnectionDetails(source.newInstance(
				new ComposeService("node", ImageReference.of(image), ports, labels), new StandardEnvironment()), false)
			.get(EvmNodeConnectionDetails.class);
	}

}
