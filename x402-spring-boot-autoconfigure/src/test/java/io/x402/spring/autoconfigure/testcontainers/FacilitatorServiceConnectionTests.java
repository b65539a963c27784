/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.testcontainers;

import java.net.URI;

import io.x402.spring.autoconfigure.facilitator.FacilitatorConnectionDetails;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A facilitator in a container is found by its connection name.
 */
@SpringJUnitConfig(FacilitatorServiceConnectionTests.Empty.class)
class FacilitatorServiceConnectionTests {

	@ServiceConnection(name = "x402-facilitator")
	static final RunningContainer CONTAINER = new RunningContainer("example/facilitator:1");

	@Autowired
	private FacilitatorConnectionDetails connectionDetails;

	@Test
	void whenContainerIsAServiceConnectionThenItsFirstPortCounts() {
		assertThat(this.connectionDetails.getUri()).isEqualTo(URI.create("http://localhost:32768"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
