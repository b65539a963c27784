package io.x402.spring.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.DuplicateTransactionException;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps claims in the table {@code x402_claim} of a database, which all instances share.
 * Its unique keys do the work: one claim for an authorization, one claim for a
 * transaction on chain. The schema is in {@code schema-*.sql} beside this class.
 * <p>
 * Every step is a transaction of its own, whatever transaction the caller is in, and
 * holds a connection for one statement only. Leases are told by the clock of the
 * database.
 */
public final class JdbcPaymentStore implements PaymentStore {

	private static final String INSERT = """
			INSERT INTO x402_claim (id, network, asset, payer, nonce, fingerprint, state, owner, version, lease_until,
			expires_at) VALUES (:id, :network, :asset, :payer, :nonce, :fingerprint, 'CLAIMED', :owner, 0,
			%1$s + :lease, :expiresAt)""";

	private static final String TAKE_OVER = """
			UPDATE x402_claim SET fingerprint = :fingerprint, state = 'CLAIMED', owner = :owner, version = version + 1,
			lease_until = %1$s + :lease, expires_at = :expiresAt, receipt = NULL, transaction_hash = NULL
			WHERE id = :id AND (expires_at < %1$s OR (state IN ('CLAIMED', 'VERIFIED') AND lease_until < %1$s))""";

	private static final String FIND = """
			SELECT fingerprint, owner, version, expires_at, receipt,
			CASE WHEN state = 'SETTLING' AND lease_until < %1$s THEN 'PENDING' ELSE state END AS state
			FROM x402_claim WHERE id = :id""";

	private static final String ADVANCE = """
			UPDATE x402_claim SET state = :state, version = version + 1, lease_until = %1$s + :lease,
			receipt = :receipt, transaction_hash = :transaction
			WHERE id = :id AND owner = :owner AND version = :version""";

	private static final String RELEASE = """
			DELETE FROM x402_claim WHERE id = :id AND owner = :owner AND version = :version""";

	private static final String RENEW = """
			UPDATE x402_claim SET lease_until = %1$s + :lease
			WHERE owner = :owner AND state IN ('CLAIMED', 'VERIFIED', 'SETTLING')""";

	private static final String PURGE = """
			DELETE FROM x402_claim WHERE expires_at < %1$s""";

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final PaymentCodec codec;

	private final long lease;

	private final String owner = UUID.randomUUID().toString();

	private final String now;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 */
	public JdbcPaymentStore(DataSource dataSource, PaymentCodec codec, Duration lease) {
		this.jdbc = JdbcClient.create(dataSource);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.codec = codec;
		this.lease = lease.toMillis();
		this.now = DatabaseClock.of(dataSource).millis();
	}

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		if (insert(key, fingerprint, expiresAt)) {
			return new Claim(key, fingerprint, ClaimState.CLAIMED, this.owner, 0, expiresAt, null);
		}
		int taken = execute(() -> claimStatement(TAKE_OVER, key, fingerprint, expiresAt).update());
		return (taken > 0) ? find(key) : null;
	}

	private boolean insert(ClaimKey key, String fingerprint, Instant expiresAt) {
		try {
			return execute(() -> claimStatement(INSERT, key, fingerprint, expiresAt).param("network", key.network())
				.param("asset", key.asset())
				.param("payer", key.payer())
				.param("nonce", key.nonce())
				.update()) > 0;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	private JdbcClient.StatementSpec claimStatement(String sql, ClaimKey key, String fingerprint, Instant expiresAt) {
		return statement(sql).param("id", ClaimId.of(key))
			.param("fingerprint", fingerprint)
			.param("owner", this.owner)
			.param("lease", this.lease)
			.param("expiresAt", expiresAt.toEpochMilli());
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return execute(() -> statement(FIND).param("id", ClaimId.of(key))
			.query((row, number) -> claim(key, row))
			.optional()
			.orElse(null));
	}

	private Claim claim(ClaimKey key, ResultSet row) throws SQLException {
		String receipt = row.getString("receipt");
		return new Claim(key, row.getString("fingerprint"), ClaimState.valueOf(row.getString("state")),
				row.getString("owner"), row.getLong("version"), Instant.ofEpochMilli(row.getLong("expires_at")),
				(receipt != null) ? this.codec.decode(receipt, SettlementResponse.class) : null);
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		try {
			int changed = execute(() -> owned(ADVANCE, claim).param("state", next.name())
				.param("lease", this.lease)
				.param("receipt", (receipt != null) ? this.codec.encode(receipt) : null)
				.param("transaction", (next == ClaimState.SETTLED && receipt != null) ? receipt.transaction() : null)
				.update());
			if (changed == 0) {
				throw new PaymentStoreException("The claim was changed by somebody else");
			}
			return claim.advance(next, receipt);
		}
		catch (DuplicateKeyException ex) {
			throw new DuplicateTransactionException();
		}
	}

	@Override
	public void release(Claim claim) {
		execute(() -> owned(RELEASE, claim).update());
	}

	@Override
	public void maintain() {
		execute(() -> statement(RENEW).param("owner", this.owner).param("lease", this.lease).update());
		execute(() -> statement(PURGE).update());
	}

	private JdbcClient.StatementSpec owned(String sql, Claim claim) {
		return statement(sql).param("id", ClaimId.of(claim.key()))
			.param("owner", claim.owner())
			.param("version", claim.version());
	}

	private JdbcClient.StatementSpec statement(String sql) {
		return this.jdbc.sql(sql.formatted(this.now));
	}

	private <T extends @Nullable Object> T execute(Supplier<T> step) {
		try {
			return this.transaction.execute((status) -> step.get());
		}
		catch (DuplicateKeyException ex) {
			throw ex;
		}
		catch (DataAccessException | TransactionException ex) {
			throw new PaymentStoreException("The database did not take a claim: " + ex.getClass().getSimpleName(), ex);
		}
	}

}
