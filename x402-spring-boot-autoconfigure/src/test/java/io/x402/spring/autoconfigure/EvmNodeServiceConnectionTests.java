package io.x402.spring.autoconfigure;

import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.Servers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node in a container is found by its image or its connection name.
 */
class EvmNodeServiceConnectionTests {

	private static final String FOUNDRY = "ghcr.io/foundry-rs/foundry:v1.7.1";

	private static final String LABEL = "org.springframework.boot.service-connection";

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

	@Test
	void whenContainerRunsThenTheFacilitatorSettlesOnItsNetwork() {
		Servers.anvil();
		Startup.engine()
			.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class,
					OnChainFacilitatorAutoConfiguration.class))
			.withUserConfiguration(Anvil.class)
			.withPropertyValues("x402.facilitator.type=onchain",
					"x402.facilitator.onchain.keystores=classpath:io/x402/spring/evm/keystore.json",
					"x402.facilitator.onchain.keystore-password=testpassword")
			.run((context) -> {
				OnChainFacilitator facilitator = context.getBean(OnChainFacilitator.class);
				assertThat(facilitator.supported().supports(ProtocolVersion.V2, "exact", "eip155:84532")).isTrue();
				assertThat(facilitator.conditions())
					.containsExactly(new FacilitatorCondition("node 1 (" + Servers.anvil().getHost() + ")", true, ""));
			});
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
