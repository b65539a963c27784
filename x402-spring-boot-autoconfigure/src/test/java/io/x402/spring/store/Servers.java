package io.x402.spring.store;

import java.util.HashSet;
import java.util.Set;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers that tests share, one of each for the whole run. Tests are skipped where no
 * Docker engine runs, and fail instead if {@code X402_DOCKER_REQUIRED} is {@code true}.
 */
public final class Servers {

	private static final PostgreSQLContainer POSTGRESQL = new PostgreSQLContainer("postgres:17-alpine");

	private static final MariaDBContainer MARIADB = new MariaDBContainer("mariadb:11");

	private static final GenericContainer<?> REDIS = new GenericContainer<>("redis:7-alpine").withExposedPorts(6379);

	private static final Set<String> FAILED = new HashSet<>();

	private Servers() {
	}

	public static PostgreSQLContainer postgresql() {
		return started(POSTGRESQL);
	}

	static MariaDBContainer mariadb() {
		return started(MARIADB);
	}

	public static GenericContainer<?> redis() {
		return started(REDIS);
	}

	public static GenericContainer<?> ownRedis() {
		return started(new GenericContainer<>("redis:7-alpine").withExposedPorts(6379));
	}

	/**
	 * A server that does not start is not tried again for every test.
	 */
	private static synchronized <T extends GenericContainer<?>> T started(T container) {
		boolean available = DockerClientFactory.instance().isDockerAvailable();
		if (Boolean.parseBoolean(System.getenv("X402_DOCKER_REQUIRED"))) {
			assertThat(available).as("a Docker engine answers, as X402_DOCKER_REQUIRED demands").isTrue();
		}
		assumeTrue(available, () -> "Skipped, because no Docker engine answers: " + container.getDockerImageName());
		assertThat(FAILED).as("servers that did not start").doesNotContain(container.getDockerImageName());
		FAILED.add(container.getDockerImageName());
		container.start();
		FAILED.remove(container.getDockerImageName());
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

}
