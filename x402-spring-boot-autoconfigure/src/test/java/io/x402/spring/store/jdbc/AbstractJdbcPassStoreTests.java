/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.math.BigInteger;
import java.time.Duration;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.tck.PassStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JdbcPassStore}, the same for each database.
 */
abstract class AbstractJdbcPassStoreTests extends PassStoreContractTests {

	private HikariDataSource pool;

	abstract void connect(HikariDataSource pool);

	abstract String platform();

	@BeforeEach
	void createTables() {
		this.pool = new HikariDataSource();
		this.pool.setMaximumPoolSize(8);
		this.pool.setConnectionTimeout(60_000);
		connect(this.pool);
		new ResourceDatabasePopulator(new ClassPathResource("schema-" + platform() + ".sql", JdbcPassStore.class))
			.execute(this.pool);
	}

	@AfterEach
	void disconnect() {
		this.pool.close();
	}

	@Test
	void whenPassHasNotStartedThenItIsNotForgottenHoweverLongAgoItWasSold() {
		PassStore store = createStore();
		String id = UUID.randomUUID().toString().replace("-", "");
		NewPass pass = new NewPass(id, "a".repeat(64),
				new NewPass.Paid("eip155:84532", "0xasset", BigInteger.TEN, "0xPayTo", null, null), "", null, 10L);
		store.prepare(pass, "1");
		age(pass, PassStore.KEPT.multipliedBy(40));
		store.maintain();
		assertThat(store.use(PassOperation.of(id, 5), null)).isNotNull();
		store.maintain();
		assertThat(store.find(id)).isNotNull();
	}

	@Override
	protected void age(NewPass pass, Duration time) {
		JdbcClient.create(this.pool)
			.sql("UPDATE x402_pass SET prepared_at = prepared_at - :age, forget_at = forget_at - :age WHERE id = :id")
			.param("age", time.toMillis())
			.param("id", pass.id())
			.update();
	}

	@Override
	protected void ageOperations(Duration time) {
		JdbcClient.create(this.pool)
			.sql("UPDATE x402_pass_use SET forget_at = forget_at - ?")
			.param(time.toMillis())
			.update();
	}

	@Override
	protected PassStore createStore() {
		return new JdbcPassStore(this.pool, Duration.ofSeconds(60));
	}

}
