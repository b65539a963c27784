/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ClaimStep;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.store.UnsettledClaim;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps claims in the table {@code x402_claim} of a database, which all instances share,
 * and writes the ledger in its table {@code x402_ledger}. Unique keys do the work: one
 * claim for an authorization, one claim for a transaction on chain. The schema is in
 * {@code schema-*.sql} beside this class.
 * <p>
 * Every step and its entry in the ledger are a transaction of their own, whatever
 * transaction the caller is in, and no connection is held between two steps. Leases and
 * expiry are told by the clock of the database. The database is asked for the first time
 * when the store is used.
 */
final class JdbcPaymentStore implements PaymentStore {

	private static final String FIND = "SELECT " + ClaimRows.COLUMNS + """
			FROM x402_claim WHERE id = :id AND expires_at >= %1$s""";

	private static final String PROVED_TRANSFERS = """
			SELECT COUNT(*) FROM x402_claim
			WHERE network = :network AND transaction_hash LIKE :transfers ESCAPE '!' AND id <> :id""";

	private static final String IS_FREE = """
			(expires_at < %1$s OR (state IN ('CLAIMED', 'VERIFIED') AND runs = 0 AND lease_until < %1$s))
			""";

	private static final String IS_TAKEN = "SELECT CASE WHEN " + IS_FREE + """
			THEN 0 ELSE 1 END FROM x402_claim WHERE id = :id""";

	private static final String INSERT = """
			INSERT INTO x402_claim (id, network, asset, payer, nonce, fingerprint, payload, purchase, route, scheme,
			amount, pay_to, buyer, state, active, attempts, runs, owner, version, lease_until, expires_at)
			VALUES (:id, :network, :asset, :payer, :nonce, :fingerprint, :payload, :purchase, :route, :scheme,
			:amount, :payTo, :buyer, 'CLAIMED', TRUE, 0, 0, :owner, 0, %1$s + :lease, :expiresAt)""";

	private static final String TAKE_OVER = """
			UPDATE x402_claim SET fingerprint = :fingerprint, payload = :payload, purchase = :purchase,
			route = :route, scheme = :scheme, amount = :amount, pay_to = :payTo, buyer = :buyer, state = 'CLAIMED',
			active = TRUE, attempts = 0, runs = 0, owner = :owner, version = 0, lease_until = %1$s + :lease,
			expires_at = :expiresAt, due_at = NULL, deliver_until = NULL, transaction_hash = NULL, receipt = NULL,
			request = NULL, answer = NULL WHERE id = :id AND
			""" + IS_FREE;

	private static final String RELEASE = """
			DELETE FROM x402_claim WHERE id = :id AND owner = :owner AND version = :version""";

	private static final String ANSWER = """
			SELECT answer FROM x402_claim WHERE id = :id AND owner = :owner AND expires_at >= %1$s
			AND answer IS NOT NULL AND (state <> 'SETTLED' OR deliver_until > %1$s)""";

	private static final String IS_UNSETTLED = """
			AND expires_at >= %1$s AND request IS NOT NULL
			AND (state = 'PENDING' OR (state = 'SETTLING' AND lease_until < %1$s))
			""";

	private static final String UNSETTLED = IS_UNSETTLED + """
			ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED""";

	private static final String DUE = "SELECT request, " + ClaimRows.COLUMNS + """
			FROM x402_claim WHERE due_at <= %1$s
			""" + UNSETTLED;

	/** The condition of the time lets the index find the few claims to choose from. */
	private static final String OF_SALE = "SELECT request, " + ClaimRows.COLUMNS + """
			FROM x402_claim WHERE due_at IS NOT NULL AND purchase = :sale
			""" + UNSETTLED;

	private static final String NEXT_LOOKS = """
			SELECT purchase, due_at FROM x402_claim WHERE due_at IS NOT NULL AND purchase IN (:sales)
			""" + IS_UNSETTLED;

	private static final String HOLD = """
			UPDATE x402_claim SET state = 'PENDING', active = FALSE, version = version + 1, attempts = attempts + 1,
			lease_until = 0, due_at = %1$s + :hold WHERE id IN (:ids)""";

	private static final String RENEW = """
			UPDATE x402_claim SET lease_until = %1$s + :lease,
			due_at = CASE WHEN due_at IS NULL THEN NULL ELSE %1$s + :lease END
			WHERE id IN (:ids) AND (owner, version) IN (:versions) AND active""";

	private static final String HELD = """
			SELECT owner, version FROM x402_claim WHERE id IN (:ids) AND active""";

	private static final String EXPIRED = """
			SELECT id FROM x402_claim WHERE expires_at < %1$s LIMIT :limit FOR UPDATE SKIP LOCKED""";

	private static final String FORGET = """
			DELETE FROM x402_claim WHERE id IN (:ids)""";

	private static final String DELIVERED = """
			SELECT id FROM x402_claim WHERE deliver_until < %1$s LIMIT :limit FOR UPDATE SKIP LOCKED""";

	private static final String FORGET_ANSWER = """
			UPDATE x402_claim SET answer = NULL, deliver_until = NULL WHERE id IN (:ids)""";

	/** Databases compare each row with each pair of a list. */
	private static final int RENEWED_AT_ONCE = 500;

	private final ShortTransactions transactions;

	private final JdbcPaymentLedger ledger;

	private final ClaimRows rows;

	private final long lease;

	private final @Nullable Duration ledgerRetention;

	/**
	 * Create a store whose ledger is kept forever.
	 * @param dataSource the database
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param timeout how long a step waits for a response of the database
	 */
	JdbcPaymentStore(DataSource dataSource, PaymentCodec codec, Duration lease, Duration timeout) {
		this(dataSource, codec, lease, timeout, null);
	}

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param timeout how long a step waits for a response of the database
	 * @param ledgerRetention age at which entries of the ledger are deleted, {@code null}
	 * for never
	 */
	JdbcPaymentStore(DataSource dataSource, PaymentCodec codec, Duration lease, Duration timeout,
			@Nullable Duration ledgerRetention) {
		this.transactions = new ShortTransactions(dataSource, timeout);
		this.ledger = new JdbcPaymentLedger(this.transactions);
		this.rows = new ClaimRows(codec);
		this.lease = lease.toMillis();
		this.ledgerRetention = ledgerRetention;
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		Claim claim = Claim.of(request, UUID.randomUUID().toString());
		return take(claim) ? claim : null;
	}

	/**
	 * Looks before it inserts, because databases write every violated key to their log;
	 * and in a transaction of its own, because what was looked at in one must not change
	 * until its end.
	 */
	private boolean take(Claim claim) {
		Integer taken = this.transactions.execute(() -> statement(IS_TAKEN).param("id", ClaimId.of(claim.key()))
			.query(Integer.class)
			.optional()
			.orElse(null));
		if (taken != null && taken == 1) {
			return false;
		}
		try {
			return this.transactions.execute(() -> write((taken == null) ? INSERT : TAKE_OVER, claim));
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	private boolean write(String sql, Claim claim) {
		return statement(sql).params(ClaimRows.parameters(claim)).param("lease", this.lease).update() > 0;
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		return this.transactions
			.execute(() -> statement(FIND).param("id", ClaimId.of(key)).query(this.rows).optional().orElse(null));
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		Claim advanced = change.applyTo(claim);
		ClaimUpdate update = new ClaimUpdate(claim, advanced, change, this.rows.json(change.receipt()), this.lease);
		try {
			this.transactions.execute(() -> advance(update, advanced, change));
		}
		catch (DuplicateKeyException ex) {
			throw new DuplicateTransactionException();
		}
		return advanced;
	}

	private int advance(ClaimUpdate update, Claim advanced, ClaimChange change) {
		int changed = statement(update.sql()).params(update.parameters()).update();
		if (changed == 0) {
			throw new StaleClaimException();
		}
		if (change.event() != null) {
			this.ledger.write(change.event(), advanced, change.transaction(), change.reason(), change.note());
		}
		if (change.backing() != null && !change.isTransferProved() && hasProvedTransfers(advanced, change.backing())) {
			throw new DuplicateTransactionException();
		}
		return changed;
	}

	private boolean hasProvedTransfers(Claim claim, String transaction) {
		return statement(PROVED_TRANSFERS).param("network", claim.key().network())
			.param("id", ClaimId.of(claim.key()))
			.param("transfers", transaction.replace("_", "!_") + "#%")
			.query(Integer.class)
			.single() > 0;
	}

	@Override
	public void release(Claim claim, String reason) {
		ClaimStep.RELEASE.check(claim);
		this.transactions.execute(() -> {
			int deleted = statement(RELEASE).param("id", ClaimId.of(claim.key()))
				.param("owner", claim.owner())
				.param("version", claim.version())
				.update();
			if (deleted > 0 && claim.isBooked()) {
				this.ledger.write(LedgerEvent.RELEASED, claim, null, reason, null);
			}
			return deleted;
		});
	}

	@Override
	public ResponseRecord response(Claim claim) {
		return this.transactions.execute(() -> statement(ANSWER).param("id", ClaimId.of(claim.key()))
			.param("owner", claim.owner())
			.query((row, number) -> ResponseRecord.ofBytes(row.getBytes("answer")))
			.optional()
			.orElseGet(ResponseRecord::none));
	}

	@Override
	public void redelivered(Claim claim) {
		this.transactions.execute(() -> this.ledger.write(LedgerEvent.REDELIVERED, claim, null, null, null));
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		return this.transactions.execute(() -> take(statement(DUE).param("limit", limit), hold));
	}

	@Override
	public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
		List<UnsettledClaim> taken = this.transactions
			.execute(() -> take(statement(OF_SALE).param("sale", sale).param("limit", 1), hold));
		return taken.isEmpty() ? null : taken.get(0);
	}

	@Override
	public Map<String, Instant> nextLooks(Collection<String> sales) {
		Map<String, Instant> looks = new HashMap<>();
		if (!sales.isEmpty()) {
			this.transactions.execute(() -> {
				statement(NEXT_LOOKS).param("sales", sales)
					.query((RowCallbackHandler) (row) -> looks.put(row.getString("purchase"),
							Instant.ofEpochMilli(row.getLong("due_at"))));
				return looks;
			});
		}
		return looks;
	}

	private List<UnsettledClaim> take(JdbcClient.StatementSpec chosen, Duration hold) {
		List<UnsettledClaim> taken = chosen
			.query((row, number) -> new UnsettledClaim(ClaimChange.taken().applyTo(this.rows.mapRow(row, number)),
					row.getBytes("request")))
			.list();
		if (!taken.isEmpty()) {
			statement(HOLD).param("hold", hold.toMillis())
				.param("ids", taken.stream().map((unsettled) -> ClaimId.of(unsettled.claim().key())).toList())
				.update();
		}
		return taken;
	}

	@Override
	public void maintain() {
		this.transactions.inBatches((limit) -> forget(EXPIRED, FORGET, limit));
		this.transactions.inBatches((limit) -> forget(DELIVERED, FORGET_ANSWER, limit));
		if (this.ledgerRetention != null) {
			this.ledger.forget(this.ledgerRetention);
		}
	}

	@Override
	public Duration lease() {
		return Duration.ofMillis(this.lease);
	}

	@Override
	public Collection<Claim> renew(Collection<Claim> claims) {
		List<Claim> all = List.copyOf(claims);
		List<Claim> lost = new ArrayList<>();
		for (int start = 0; start < all.size(); start += RENEWED_AT_ONCE) {
			List<Claim> some = all.subList(start, Math.min(start + RENEWED_AT_ONCE, all.size()));
			lost.addAll(this.transactions.execute(() -> renewNow(some)));
		}
		return lost;
	}

	private List<Claim> renewNow(List<Claim> claims) {
		List<String> ids = claims.stream().map((claim) -> ClaimId.of(claim.key())).toList();
		int renewed = statement(RENEW).param("ids", ids)
			.param("versions", claims.stream().map((claim) -> new Object[] { claim.owner(), claim.version() }).toList())
			.param("lease", this.lease)
			.update();
		return (renewed == claims.size()) ? List.of() : lost(claims, ids);
	}

	private List<Claim> lost(List<Claim> claims, List<String> ids) {
		Map<String, Long> held = new HashMap<>();
		statement(HELD).param("ids", ids)
			.query((RowCallbackHandler) (row) -> held.put(row.getString("owner"), row.getLong("version")));
		return claims.stream()
			.filter((claim) -> !Long.valueOf(claim.version()).equals(held.get(claim.owner())))
			.toList();
	}

	private int forget(String select, String change, int limit) {
		List<String> ids = statement(select).param("limit", limit).query((row, number) -> row.getString(1)).list();
		return ids.isEmpty() ? 0 : statement(change).param("ids", ids).update();
	}

	private JdbcClient.StatementSpec statement(String sql) {
		return this.transactions.statement(sql);
	}

}
