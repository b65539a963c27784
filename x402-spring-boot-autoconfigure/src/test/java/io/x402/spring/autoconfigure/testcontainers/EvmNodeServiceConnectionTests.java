/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.testcontainers;

import java.net.URI;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node in a container is found by its image or its connection name.
 */
class EvmNodeServiceConnectionTests {

	private static final String FOUNDRY = "ghcr.io/foundry-rs/foundry:v1.7.1";

	@Nested
	@SpringJUnitConfig(Empty.class)
	class WithFoundry {

		@ServiceConnection
		static final RunningContainer CONTAINER = new RunningContainer(FOUNDRY);

		@Autowired
		private EvmNodeConnectionDetails connectionDetails;

		@Test
		void whenContainerIsOfFoundryThenItsFirstPortCounts() {
			assertThat(this.connectionDetails.getUris()).containsExactly(URI.create("http://localhost:32768"));
		}

	}

	@Nested
	@SpringJUnitConfig(Empty.class)
	class WithName {

		@ServiceConnection(name = "x402-evm-node")
		static final RunningContainer CONTAINER = new RunningContainer("example/node:1");

		@Autowired
		private EvmNodeConnectionDetails connectionDetails;

		@Test
		void whenContainerIsNamedThenItsFirstPortCounts() {
			assertThat(this.connectionDetails.getUris()).containsExactly(URI.create("http://localhost:32768"));
		}

	}

	@Test
	void whenContainerRunsThenTheFacilitatorSettlesOnItsNetwork() {
		Servers.anvil();
		Startup.engine()
			.withConfiguration(
					AutoConfigurations.of(ServiceConnectionAutoConfiguration.class, X402OnChainAutoConfiguration.class))
			.withUserConfiguration(Anvil.class)
			.withPropertyValues("x402.facilitator.type=onchain",
					"x402.facilitator.onchain.keys.keystores=classpath:io/x402/spring/evm/keystore.json",
					"x402.facilitator.onchain.keys.keystore-password=testpassword")
			.run((context) -> {
				OnChainFacilitator facilitator = context.getBean(OnChainFacilitator.class);
				assertThat(facilitator.supported().supports(ProtocolVersion.V2, "exact", "eip155:84532")).isTrue();
				assertThat(facilitator.conditions())
					.containsExactly(new FacilitatorCondition("node 1 (" + Servers.anvil().getHost() + ")", true, ""));
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	static class Anvil {

		@Bean(destroyMethod = "")
		@ServiceConnection(name = "x402-evm-node")
		GenericContainer<?> anvil() {
			return Servers.anvil();
		}

	}

}
