package io.x402.spring.autoconfigure;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
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
	static final RunningContainer CONTAINER = new RunningContainer();

	@Autowired
	private FacilitatorConnectionDetails connectionDetails;

	@Test
	void whenContainerIsAServiceConnectionThenItsFirstPortCounts() {
		assertThat(this.connectionDetails.getUri()).isEqualTo(URI.create("http://localhost:32768"));
	}

	@Test
	void whenComposeServiceIsLabelledThenItsFirstPortAndPathCount() {
		assertThat(FacilitatorDockerComposeConnectionDetailsFactory
			.uri(new Service(List.of(32769, 32770), Map.of("io.x402.facilitator.path", "/base"))))
			.isEqualTo(URI.create("http://127.0.0.1:32769/base"));
		assertThat(FacilitatorDockerComposeConnectionDetailsFactory.uri(new Service(List.of(32769), Map.of())))
			.isEqualTo(URI.create("http://127.0.0.1:32769"));
	}

	@Test
	void whenComposeServicePublishesNoPortThenSaysSo() {
		assertThatIllegalStateException()
			.isThrownBy(() -> FacilitatorDockerComposeConnectionDetailsFactory.uri(new Service(List.of(), Map.of())))
			.withMessageContaining("'facilitator'");
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	/**
	 * Pretends to run, so that no Docker engine is needed.
	 */
	static final class RunningContainer extends GenericContainer<RunningContainer> {

		RunningContainer() {
			super("example/facilitator:1");
		}

		@Override
		public void start() {
			// runs already
		}

		@Override
		public void stop() {
			// never ran
		}

		@Override
		public boolean isRunning() {
			return true;
		}

		@Override
		public String getDockerImageName() {
			return "example/facilitator:1";
		}

		@Override
		public String getHost() {
			return "localhost";
		}

		@Override
		public Integer getFirstMappedPort() {
			return 32768;
		}

	}

	private record Service(List<Integer> published, Map<String, String> labels) implements RunningService {

		@Override
		public String name() {
			return "facilitator";
		}

		@Override
		public ImageReference image() {
			return ImageReference.of("example/facilitator:1");
		}

		@Override
		public String host() {
			return "127.0.0.1";
		}

		@Override
		public ConnectionPorts ports() {
			return new ConnectionPorts() {

				@Override
				public int get(int containerPort) {
					return getAll().get(0);
				}

				@Override
				public List<Integer> getAll() {
					return Service.this.published;
				}

				@Override
				public List<Integer> getAll(String protocol) {
					return getAll();
				}

			};
		}

		@Override
		public Map<String, String> env() {
			return Map.of();
		}

	}

}
