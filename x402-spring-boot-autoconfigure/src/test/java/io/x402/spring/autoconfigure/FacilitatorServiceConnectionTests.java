package io.x402.spring.autoconfigure;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	private static URI uri(List<Integer> ports, Map<String, String> labels) {
		return FacilitatorDockerComposeConnectionDetailsFactory.uri(
				new ComposeService("facilitator", ImageReference.of("example/facilitator:1"), ports, labels),
				FacilitatorDockerComposeConnectionDetailsFactory.PATH_LABEL);
	}

}
