/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.store.Servers;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.JdbcDatabaseContainer;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances that share passes.
 */
@Tag("long")
class PassInstancesTests {

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	@AfterEach
	void stop() {
		this.instances.forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void whenManyUseAPassOnTwoInstancesAtOnceThenNoMoreThanItsUsesAreServed(Store store) throws Exception {
		Map<String, String> properties = store.properties();
		List<PassClient> clients = List.of(start(properties), start(properties));
		String token = clients.get(0).buy("/ten");
		ExecutorService threads = Executors.newFixedThreadPool(64);
		try {
			List<Future<Integer>> uses = IntStream.range(0, 64)
				.mapToObj((i) -> threads.submit(() -> clients.get(i % 2).use("/ten", token).statusCode()))
				.toList();
			int served = 0;
			for (Future<Integer> use : uses) {
				assertThat(use.get()).isIn(200, 402);
				served += (use.get() == 200) ? 1 : 0;
			}
			assertThat(served).isEqualTo(9);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenInstanceIsGoneThenAnotherOneDeliversThePassWithWhatIsLeft(Store store) {
		Map<String, String> properties = store.properties();
		PassClient first = start(properties);
		String payment = first.payment("/ten");
		String token = PassClient.token(first.pay("/ten", payment));
		assertThat(first.use("/ten", token).statusCode()).isEqualTo(200);
		this.instances.get(0).close();
		PassClient second = start(properties);
		assertThat(second.use("/ten", token).statusCode()).isEqualTo(200);
		HttpResponse<String> repeated = second.pay("/ten", payment);
		assertThat(repeated.statusCode()).isEqualTo(200);
		String replaced = PassClient.token(repeated);
		assertThat(replaced).isNotEqualTo(token).startsWith(token.substring(0, 33));
		assertThat(PassClient.code(second.use("/ten", token))).isEqualTo("pass_invalid");
		assertThat(second.uses("/ten", replaced)).isEqualTo(7);
		assertThat(this.instances.get(1).getBean(FacilitatorDouble.class).settled()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenInstancesHaveOneSecretThenTheTokenStaysTheSame(Store store) {
		Map<String, String> properties = store.properties();
		properties.put("x402.passes.secret", "s".repeat(32));
		PassClient first = start(properties);
		String payment = first.payment("/ten");
		String token = PassClient.token(first.pay("/ten", payment));
		PassClient second = start(properties);
		assertThat(PassClient.token(second.pay("/ten", payment))).isEqualTo(token);
		assertThat(second.use("/ten", token).statusCode()).isEqualTo(200);
		assertThat(first.uses("/ten", token)).isEqualTo(8);
	}

	private PassClient start(Map<String, String> properties) {
		List<String> arguments = new ArrayList<>();
		properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(PassShop.class)
			.run(arguments.toArray(String[]::new));
		this.instances.add(instance);
		return new PassClient(instance.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

	enum Store {

		H2 {
			@Override
			Map<String, String> connection() {
				return Map.of("spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
						"x402.store.type", "jdbc");
			}
		},

		POSTGRESQL {
			@Override
			Map<String, String> connection() {
				return database(Servers.postgresql());
			}
		},

		MARIADB {
			@Override
			Map<String, String> connection() {
				return database(Servers.mariadb());
			}
		},

		REDIS {
			@Override
			Map<String, String> connection() {
				GenericContainer<?> server = Servers.redis();
				return Map.of("spring.data.redis.host", server.getHost(), "spring.data.redis.port",
						String.valueOf(server.getMappedPort(6379)), "x402.store.type", "redis");
			}
		};

		abstract Map<String, String> connection();

		Map<String, String> properties() {
			Map<String, String> properties = new HashMap<>(connection());
			for (String property : (Container.TOMCAT + "\n" + Container.NO_SECURITY + Container.PAY_TO).split("\n")) {
				int end = property.indexOf('=');
				properties.put(property.substring(0, end), property.substring(end + 1));
			}
			properties.put("server.port", "0");
			return properties;
		}

		private static Map<String, String> database(JdbcDatabaseContainer<?> server) {
			return Map.of("spring.datasource.url", server.getJdbcUrl(), "spring.datasource.username",
					server.getUsername(), "spring.datasource.password", server.getPassword(),
					"x402.store.jdbc.initialize-schema", "always", "x402.store.type", "jdbc");
		}

	}

}
