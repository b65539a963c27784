/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.UnsettledClaim;
import io.x402.spring.store.jdbc.JdbcStores;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * A database in memory. Time passes in it by moving all it remembers into the past.
 */
final class SharedDatabase implements SharedStore {

	private static final Duration LEASE = World.LEASE;

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final MovingClock clock;

	private final DataSource dataSource;

	private final JdbcClient database;

	SharedDatabase(MovingClock clock, DataSource dataSource) {
		this.clock = clock;
		this.dataSource = dataSource;
		this.database = JdbcClient.create(dataSource);
		this.database.sql("DELETE FROM x402_claim").update();
		this.database.sql("DELETE FROM x402_ledger").update();
	}

	static void createTables(DataSource dataSource) {
		new ResourceDatabasePopulator(new ClassPathResource("io/x402/spring/store/jdbc/schema-h2.sql"))
			.execute(dataSource);
	}

	@Override
	public PaymentStore store() {
		return new Relative(new JdbcStores(this.dataSource, TIMEOUT).payments(new PaymentCodec(), LEASE, null));
	}

	@Override
	public List<LedgerEntry> booked() {
		return new JdbcStores(this.dataSource, TIMEOUT).ledger().find(LedgerQuery.all(LedgerQuery.MAX_LIMIT));
	}

	@Override
	public void pass(Duration time) {
		this.clock.pass(time);
		this.database.sql("""
				UPDATE x402_claim SET expires_at = expires_at - :time, due_at = due_at - :time,
				deliver_until = deliver_until - :time,
				lease_until = lease_until - :time""").param("time", time.toMillis()).update();
	}

	@Override
	public int size() {
		return this.database.sql("SELECT COUNT(*) FROM x402_claim").query(Integer.class).single();
	}

	/**
	 * Tells the database times of its own clock.
	 */
	private final class Relative extends DelegatingPaymentStore {

		private Relative(PaymentStore store) {
			super(store);
		}

		@Override
		public @Nullable Claim claim(NewClaim claim) {
			return ahead(super.claim(new NewClaim(claim.key(), claim.fingerprint(), claim.payload(),
					claim.expiresAt().minus(SharedDatabase.this.clock.ahead()), claim.sale())));
		}

		@Override
		public @Nullable Claim find(AuthorizationKey key) {
			return ahead(super.find(key));
		}

		@Override
		public Claim advance(Claim claim, ClaimChange change) {
			Claim advanced = super.advance(moved(claim, SharedDatabase.this.clock.ahead().negated()), change);
			return moved(advanced, SharedDatabase.this.clock.ahead());
		}

		@Override
		public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
			return super.takeUnsettled(limit, hold).stream().map(this::ahead).toList();
		}

		@Override
		public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
			UnsettledClaim taken = super.takeUnsettled(sale, hold);
			return (taken != null) ? ahead(taken) : null;
		}

		private UnsettledClaim ahead(UnsettledClaim taken) {
			return new UnsettledClaim(moved(taken.claim(), SharedDatabase.this.clock.ahead()), taken.request());
		}

		@Override
		public Collection<Claim> renew(Collection<Claim> claims) {
			Map<Claim, Claim> byStored = new IdentityHashMap<>();
			claims.forEach((claim) -> byStored.put(moved(claim, SharedDatabase.this.clock.ahead().negated()), claim));
			return super.renew(byStored.keySet()).stream().map(byStored::get).toList();
		}

		private @Nullable Claim ahead(@Nullable Claim claim) {
			return (claim != null) ? moved(claim, SharedDatabase.this.clock.ahead()) : null;
		}

		private static Claim moved(Claim claim, Duration time) {
			return claim.expiringAt(claim.expiresAt().plus(time));
		}

	}

}
