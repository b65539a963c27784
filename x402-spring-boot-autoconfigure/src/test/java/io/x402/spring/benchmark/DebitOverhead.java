/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.store.redis.RedisStores;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What a debit of a balance that was used before adds to the round trips that it needs: a
 * conditional update that returns the balance. Needs a Docker engine. Prints times and
 * ratios; it is no test.
 */
public final class DebitOverhead {

	private static final int ROUNDS = 9;

	private static final int COUNT = 1000;

	private static final String FIND = "SELECT x402_pass.*, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT FROM x402_pass WHERE id = ?";

	private static final String TAKE = "UPDATE x402_pass SET used = used + 1000 WHERE id = ? AND revoked = FALSE AND used <= uses - 1000";

	private static final RedisScript<?> BARE = RedisScript
		.of("redis.call('HINCRBY', KEYS[1], 'used', 1000) return redis.call('HGETALL', KEYS[1])", List.class);

	private DebitOverhead() {
	}

	/**
	 * Run the benchmark.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (HikariDataSource pool = StoreOverhead.postgresql()) {
			PassCall call = new PassCall(new JdbcStores(pool, Duration.ofSeconds(30)).passes(), "credit");
			run("PostgreSQL", () -> bare(pool, call.id()), call::use);
		}
		LettuceConnectionFactory connections = StoreOverhead.redis();
		StringRedisTemplate redis = new StringRedisTemplate(connections);
		PassCall call = new PassCall(new RedisStores(redis).passes(), "credit");
		List<String> key = List.of("x402:pass:{" + call.id() + "}");
		run("Redis", () -> redis.execute(BARE, key), call::use);
		connections.destroy();
		System.exit(0);
	}

	private static void bare(DataSource dataSource, String id) {
		try {
			try (Connection connection = dataSource.getConnection();
					PreparedStatement take = connection.prepareStatement(TAKE)) {
				connection.setAutoCommit(false);
				take.setString(1, id);
				take.executeUpdate();
				find(connection, id);
				connection.commit();
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void find(Connection connection, String id) throws SQLException {
		try (PreparedStatement find = connection.prepareStatement(FIND)) {
			find.setString(1, id);
			try (ResultSet row = find.executeQuery()) {
				row.next();
				row.getLong("used");
			}
		}
	}

	private static void run(String name, Runnable bare, Runnable debit) {
		double[] bareTimes = new double[ROUNDS];
		double[] debits = new double[ROUNDS];
		double[] ratios = new double[ROUNDS];
		for (int round = 0; round < ROUNDS; round++) {
			bareTimes[round] = micros(bare);
			debits[round] = micros(debit);
			ratios[round] = debits[round] / bareTimes[round];
		}
		System.out.printf("%-12s round trips %7.1f us   debit %7.1f us   ratio %.2f%n", name, median(bareTimes),
				median(debits), median(ratios));
	}

	private static double micros(Runnable work) {
		long start = System.nanoTime();
		for (int i = 0; i < COUNT; i++) {
			work.run();
		}
		return (System.nanoTime() - start) / 1000.0 / COUNT;
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

}
