/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.sql.DataSource;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tables of the former version are migrated to those of this version, with what is in
 * them.
 */
abstract class AbstractMigrationTests {

	private static final String COLUMNS = """
			SELECT CONCAT(LOWER(table_name), '.', LOWER(column_name), ' ', data_type, ' ', is_nullable, ' ',
			COALESCE(CAST(character_maximum_length AS CHAR(20)), ''), ' ', COALESCE(CAST(column_default AS CHAR(20)), ''))
			FROM information_schema.columns WHERE LOWER(table_name) IN ('x402_claim', 'x402_ledger', 'x402_pass', 'x402_pass_use', 'x402_free_call') AND table_schema = %s ORDER BY 1""";

	private static final String FORMER_CLAIM = """
			INSERT INTO x402_claim (id, network, asset, payer, nonce, fingerprint, payload, state, active, attempts, owner,
			version, lease_until, expires_at) VALUES (?, ?, ?, ?, ?, 'f', 'p', ?, TRUE, 0,
			'00000000-0000-0000-0000-000000000000', 1, 9999999999999, 9999999999999)""";

	private static final String FORMER_ENTRY = """
			INSERT INTO x402_ledger (written_at, event, purchase, route, network, scheme, asset, amount, pay_to)
			VALUES (1, ?, 'purchase', 'GET /', 'eip155:1', 'exact', 'asset', 1, 'seller')""";

	/**
	 * Return an empty database.
	 */
	abstract DataSource dataSource();

	abstract String platform();

	/**
	 * Return the expression for the schema of the connection.
	 */
	String currentSchema() {
		return "CURRENT_SCHEMA";
	}

	@Test
	void whenFormerTablesAreMigratedThenTheyAreThoseOfThisVersion() {
		DataSource dataSource = dataSource();
		JdbcClient jdbc = JdbcClient.create(dataSource);
		execute(dataSource, "schema-" + platform() + ".sql");
		List<String> columns = columns(jdbc);
		jdbc.sql("DROP TABLE x402_claim").update();
		jdbc.sql("DROP TABLE x402_ledger").update();
		jdbc.sql("DROP TABLE x402_pass").update();
		jdbc.sql("DROP TABLE x402_pass_use").update();
		jdbc.sql("DROP TABLE x402_free_call").update();
		execute(dataSource, "former/schema-" + platform() + ".sql");
		assertThat(columns(jdbc)).isNotEqualTo(columns);
		AuthorizationKey settled = new AuthorizationKey("eip155:1", "asset", "payer", "nonce");
		AuthorizationKey identifier = new AuthorizationKey("payment-identifier", "route", "payer", "identifier");
		AuthorizationKey unknown = new AuthorizationKey("eip155:1", "asset", "payer", "unknown");
		insert(jdbc, settled, "SETTLED");
		insert(jdbc, unknown, "PENDING");
		insert(jdbc, identifier, "SETTLING");
		jdbc.sql(FORMER_ENTRY).param("REQUIRED").update();
		jdbc.sql(FORMER_ENTRY).param("SETTLED").update();
		execute(dataSource, "migration-" + platform() + ".sql");
		assertThat(columns(jdbc)).isEqualTo(columns);
		JdbcPaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1),
				Duration.ofSeconds(5));
		assertThat(Objects.requireNonNull(store.find(identifier))).returns(ClaimState.BOUND, Claim::state)
			.returns(false, Claim::active);
		Claim claim = Objects.requireNonNull(store.find(settled));
		assertThat(Objects.requireNonNull(store.find(unknown)).expiresAt())
			.isEqualTo(claim.expiresAt().plus(Claim.KEPT_IN_DOUBT));
		assertThat(claim).returns(ClaimState.SETTLED, Claim::state).returns(0, Claim::runs);
		assertThat(store.advance(claim, ClaimChange.answered(ResponseRecord.stored(new byte[1]))).version())
			.isEqualTo(2);
		assertThat(new JdbcPaymentLedger(dataSource, Duration.ofSeconds(5)).find(LedgerQuery.all(10))).singleElement()
			.satisfies((entry) -> assertThat(entry.event()).isEqualTo(LedgerEvent.SETTLED));
	}

	private List<String> columns(JdbcClient jdbc) {
		return jdbc.sql(COLUMNS.formatted(currentSchema())).query(String.class).list();
	}

	private static void insert(JdbcClient jdbc, AuthorizationKey key, String state) {
		jdbc.sql(FORMER_CLAIM)
			.params(ClaimId.of(key), key.network(), key.asset(), key.payer(), key.nonce(), state)
			.update();
	}

	private static void execute(DataSource dataSource, String script) {
		DatabasePopulatorUtils
			.execute(new ResourceDatabasePopulator(new ClassPathResource(script, JdbcPaymentStore.class)), dataSource);
	}

}
