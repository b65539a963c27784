/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import com.github.dockerjava.api.command.InspectContainerResponse;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers that tests share, one of each for the whole run. Tests are skipped where no
 * Docker engine runs, and fail instead if {@code X402_DOCKER_REQUIRED} is {@code true}.
 */
public final class Servers {

	private static final String POSTGRESQL_IMAGE = "postgres:17-alpine";

	private static final String MARIADB_IMAGE = "mariadb:11";

	private static final String REDIS_IMAGE = "redis:7-alpine";

	private static final String FOUNDRY_IMAGE = "ghcr.io/foundry-rs/foundry:v1.7.1";

	private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

	private static final Map<String, GenericContainer<?>> STARTED = new HashMap<>();

	private static final Set<String> FAILED = new HashSet<>();

	private Servers() {
	}

	public static PostgreSQLContainer postgresql() {
		return (PostgreSQLContainer) started(POSTGRESQL_IMAGE, PostgreSQLContainer::new);
	}

	public static MariaDBContainer mariadb() {
		return (MariaDBContainer) started(MARIADB_IMAGE, MariaDBContainer::new);
	}

	public static GenericContainer<?> redis() {
		return started(REDIS_IMAGE, (image) -> new GenericContainer<>(image).withExposedPorts(6379));
	}

	/**
	 * An EVM chain with the chain id of Base Sepolia and the accounts of the public
	 * development mnemonic.
	 */
	public static GenericContainer<?> anvil() {
		return started(FOUNDRY_IMAGE, Servers::anvil);
	}

	private static GenericContainer<?> anvil(String image) {
		return new GenericContainer<>(image).withExposedPorts(8545)
			.withCreateContainerCmdModifier((command) -> command.withEntrypoint("anvil"))
			.withCommand("--host", "0.0.0.0", "--chain-id", "84532", "--accounts", "20", "--silent")
			.waitingFor(Wait.forHttp("/").forStatusCodeMatching((status) -> true).withStartupTimeout(START_TIMEOUT));
	}

	/**
	 * A cluster of one node, which refuses scripts whose keys are in different slots.
	 */
	public static GenericContainer<?> redisCluster() {
		return started("redis cluster", REDIS_IMAGE, RedisCluster::new);
	}

	private static GenericContainer<?> started(String image, Function<String, GenericContainer<?>> container) {
		return started(image, image, container);
	}

	private static synchronized GenericContainer<?> started(String name, String image,
			Function<String, GenericContainer<?>> container) {
		boolean available = DockerClientFactory.instance().isDockerAvailable();
		if (Boolean.parseBoolean(System.getenv("X402_DOCKER_REQUIRED"))) {
			assertThat(available).as("a Docker engine answers, as X402_DOCKER_REQUIRED demands").isTrue();
		}
		assumeTrue(available, () -> "Skipped, because no Docker engine answers that could run " + image);
		return STARTED.computeIfAbsent(name, (key) -> start(key, container.apply(image)));
	}

	/**
	 * A server that does not start is not tried again for every test.
	 */
	private static GenericContainer<?> start(String name, GenericContainer<?> container) {
		assertThat(FAILED.add(name)).as(name + " has not failed to start before").isTrue();
		container.start();
		return container;
	}

	/**
	 * Freeze a server: connections stay open and nothing answers.
	 * @param container the server
	 */
	public static void freeze(GenericContainer<?> container) {
		container.getDockerClient().pauseContainerCmd(container.getContainerId()).exec();
	}

	public static void resume(GenericContainer<?> container) {
		container.getDockerClient().unpauseContainerCmd(container.getContainerId()).exec();
	}

	private static final class RedisCluster extends GenericContainer<RedisCluster> {

		RedisCluster(String image) {
			super(image);
			withExposedPorts(6379).withCommand("redis-server", "--cluster-enabled", "yes");
		}

		@Override
		protected void containerIsStarted(InspectContainerResponse container) {
			try {
				String address = InetAddress.getByName(getHost()).getHostAddress();
				run("CONFIG", "SET", "cluster-announce-ip", address);
				run("CONFIG", "SET", "cluster-announce-port", String.valueOf(getMappedPort(6379)));
				run("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
				await().atMost(Duration.ofSeconds(60)).until(() -> run("CLUSTER", "INFO").contains("cluster_state:ok"));
			}
			catch (IOException | InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

		private String run(String... command) throws IOException, InterruptedException {
			return execInContainer(Stream.concat(Stream.of("redis-cli"), Stream.of(command)).toArray(String[]::new))
				.getStdout();
		}

	}

}
