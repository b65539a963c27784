/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.store.Servers;
import org.h2.tools.Server;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * What sellers share a store in.
 */
enum Engine {

	H2 {
		@Override
		List<String> connection() {
			return List.of(
					"--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:" + H2Server.PORT
							+ "/mem:sellers;DB_CLOSE_DELAY=-1",
					"--spring.datasource.username=sa", "--spring.datasource.password=sa", "--x402.store.type=jdbc");
		}
	},

	POSTGRESQL {
		@Override
		List<String> connection() {
			PostgreSQLContainer server = Servers.postgresql();
			return List.of("--spring.datasource.url=" + server.getJdbcUrl(),
					"--spring.datasource.username=" + server.getUsername(),
					"--spring.datasource.password=" + server.getPassword(), "--x402.store.type=jdbc");
		}
	},

	REDIS {
		@Override
		List<String> connection() {
			GenericContainer<?> server = Servers.redis();
			return List.of("--spring.data.redis.host=" + server.getHost(),
					"--spring.data.redis.port=" + server.getMappedPort(6379), "--x402.store.type=redis");
		}
	};

	abstract List<String> connection();

	/**
	 * Return the arguments of a seller.
	 */
	List<String> arguments(Till till, String... more) {
		return arguments(till.url(), more);
	}

	List<String> arguments(String till, String... more) {
		List<String> arguments = new ArrayList<>(connection());
		arguments.addAll(List.of("--server.port=0", "--logging.level.root=OFF", "--logging.level.io.x402=OFF",
				"--spring.docker.compose.enabled=false", "--spring.main.banner-mode=off",
				"--spring.datasource.hikari.maximum-pool-size=8", "--x402.store.jdbc.initialize-schema=always",
				"--x402.pay-to=" + Wallet.SELLER, "--x402.facilitator.url=" + till,
				"--x402.facilitator.supported.check=false", "--" + Seller.TILL + "=" + till));
		arguments.addAll(List.of(more));
		return arguments;
	}

	/**
	 * A database server that outlives the sellers.
	 */
	private static final class H2Server {

		private static final int PORT = start();

		private static int start() {
			try {
				return Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-tcpDaemon").start().getPort();
			}
			catch (SQLException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

	}

}
