package io.x402.spring.store;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
import tools.jackson.core.JacksonException;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps claims in the table {@code x402_claim} of a database, which all instances share.
 * Its unique keys do the work: one claim for an authorization, one claim for a
 * transaction on chain. The schema is in {@code schema-*.sql} beside this class.
 * <p>
 * Every step is a transaction of its own, whatever transaction the caller is in, and
 * holds a connection for one statement only. Leases and expiry are told by the clock of
 * the database. The database is asked for the first time when the store is used.
 */
public final class JdbcPaymentStore implements PaymentStore {

	private static final String FIND = """
			SELECT fingerprint, owner, version, expires_at, receipt,
			CASE WHEN state = 'SETTLING' AND lease_until < %1$s THEN 'PENDING' ELSE state END AS state
			FROM x402_claim WHERE id = :id AND expires_at >= %1$s""";

	private static final String IS_TAKEN = """
			SELECT CASE WHEN expires_at < %1$s OR (state IN ('CLAIMED', 'VERIFIED') AND lease_until < %1$s)
			THEN 0 ELSE 1 END FROM x402_claim WHERE id = :id""";

	private static final String INSERT = """
			INSERT INTO x402_claim (id, network, asset, payer, nonce, fingerprint, state, owner, version, lease_until,
			expires_at) VALUES (:id, :network, :asset, :payer, :nonce, :fingerprint, 'CLAIMED', :owner, 0,
			%1$s + :lease, :expiresAt)""";

	private static final String TAKE_OVER = """
			UPDATE x402_claim SET fingerprint = :fingerprint, state = 'CLAIMED', owner = :owner, version = 0,
			lease_until = %1$s + :lease, expires_at = :expiresAt, receipt = NULL, transaction_hash = NULL
			WHERE id = :id AND (expires_at < %1$s OR (state IN ('CLAIMED', 'VERIFIED') AND lease_until < %1$s))""";

	private static final String ADVANCE = """
			UPDATE x402_claim SET state = :state, version = version + 1, lease_until = %1$s + :lease,
			receipt = :receipt, transaction_hash = :transaction
			WHERE id = :id AND owner = :owner AND version = :version""";

	private static final String RELEASE = """
			DELETE FROM x402_claim WHERE id = :id AND owner = :owner AND version = :version""";

	private static final String RENEW = """
			UPDATE x402_claim SET lease_until = %1$s + :lease
			WHERE id IN (:ids) AND owner IN (:owners) AND state IN ('CLAIMED', 'VERIFIED', 'SETTLING')""";

	private static final String PURGE = """
			DELETE FROM x402_claim WHERE expires_at < %1$s""";

	private static final int ATTEMPTS = 3;

	private static final int RENEWED_AT_ONCE = 200;

	private final DataSource dataSource;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final PaymentCodec codec;

	private final long lease;

	private final OwnedClaims owned = new OwnedClaims();

	private volatile @Nullable String now;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param timeout how long a step waits for an answer of the database
	 */
	public JdbcPaymentStore(DataSource dataSource, PaymentCodec codec, Duration lease, Duration timeout) {
		this.dataSource = new TimeLimitedDataSource(dataSource, timeout);
		this.jdbc = JdbcClient.create(this.dataSource);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.codec = codec;
		this.lease = lease.toMillis();
	}

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		Claim claim = new Claim(key, fingerprint, ClaimState.CLAIMED, UUID.randomUUID().toString(), 0, expiresAt, null);
		if (!take(claim)) {
			return null;
		}
		this.owned.add(claim);
		return claim;
	}

	/**
	 * Looks before it inserts, because databases write every violated key to their log.
	 */
	private boolean take(Claim claim) {
		Integer taken = execute(() -> statement(IS_TAKEN).param("id", ClaimId.of(claim.key()))
			.query(Integer.class)
			.optional()
			.orElse(null));
		if (taken == null) {
			return insert(claim);
		}
		return taken == 0 && execute(() -> claimStatement(TAKE_OVER, claim).update()) > 0;
	}

	private boolean insert(Claim claim) {
		ClaimKey key = claim.key();
		try {
			return execute(() -> claimStatement(INSERT, claim).param("network", key.network())
				.param("asset", key.asset())
				.param("payer", key.payer())
				.param("nonce", key.nonce())
				.update()) > 0;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	private JdbcClient.StatementSpec claimStatement(String sql, Claim claim) {
		return statement(sql).param("id", ClaimId.of(claim.key()))
			.param("fingerprint", claim.fingerprint())
			.param("owner", claim.owner())
			.param("lease", this.lease)
			.param("expiresAt", claim.expiresAt().toEpochMilli());
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return execute(() -> statement(FIND).param("id", ClaimId.of(key))
			.query((row, number) -> claim(key, row))
			.optional()
			.orElse(null));
	}

	private Claim claim(ClaimKey key, ResultSet row) throws SQLException {
		return new Claim(key, row.getString("fingerprint"), ClaimState.valueOf(row.getString("state")),
				row.getString("owner"), row.getLong("version"), Instant.ofEpochMilli(row.getLong("expires_at")),
				receipt(row.getString("receipt")));
	}

	private @Nullable SettlementResponse receipt(@Nullable String json) {
		return (json != null) ? this.codec.read(json.getBytes(StandardCharsets.UTF_8), SettlementResponse.class) : null;
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		String json = (receipt != null) ? new String(this.codec.write(receipt), StandardCharsets.UTF_8) : null;
		String transaction = (next == ClaimState.SETTLED && receipt != null) ? receipt.transaction() : null;
		try {
			int changed = execute(() -> owned(ADVANCE, claim).param("state", next.name())
				.param("lease", this.lease)
				.param("receipt", json)
				.param("transaction", transaction)
				.update());
			if (changed == 0) {
				throw new PaymentStoreException("The claim was changed by somebody else");
			}
		}
		catch (DuplicateKeyException ex) {
			throw new DuplicateTransactionException();
		}
		catch (PaymentStoreException ex) {
			this.owned.remove(claim);
			throw ex;
		}
		Claim advanced = claim.advance(next, receipt);
		this.owned.removeIfDone(advanced);
		return advanced;
	}

	@Override
	public void release(Claim claim) {
		this.owned.remove(claim);
		execute(() -> owned(RELEASE, claim).update());
	}

	@Override
	public void maintain() {
		List<Claim> claims = this.owned.unexpired(Instant.now());
		for (int start = 0; start < claims.size(); start += RENEWED_AT_ONCE) {
			renew(claims.subList(start, Math.min(start + RENEWED_AT_ONCE, claims.size())));
		}
		execute(() -> statement(PURGE).update());
	}

	private void renew(List<Claim> claims) {
		execute(() -> statement(RENEW).param("ids", claims.stream().map((claim) -> ClaimId.of(claim.key())).toList())
			.param("owners", claims.stream().map(Claim::owner).toList())
			.param("lease", this.lease)
			.update());
	}

	private JdbcClient.StatementSpec owned(String sql, Claim claim) {
		return statement(sql).param("id", ClaimId.of(claim.key()))
			.param("owner", claim.owner())
			.param("version", claim.version());
	}

	private JdbcClient.StatementSpec statement(String sql) {
		return this.jdbc.sql(sql.formatted(this.now));
	}

	/**
	 * A transaction that a database gives up in favour of another one, to end a deadlock,
	 * has changed nothing and is tried again.
	 */
	private <T extends @Nullable Object> T execute(Supplier<T> step) {
		for (int attempt = 1;; attempt++) {
			try {
				return executeOnce(step);
			}
			catch (PessimisticLockingFailureException ex) {
				if (attempt == ATTEMPTS) {
					throw failed(ex);
				}
			}
			catch (DuplicateKeyException ex) {
				throw ex;
			}
			catch (BadSqlGrammarException ex) {
				throw new PaymentStoreException(
						"The table x402_claim is missing or not the one of schema-*.sql in io/x402/spring/store", ex);
			}
			catch (DataAccessException | TransactionException | MetaDataAccessException | JacksonException ex) {
				throw failed(ex);
			}
		}
	}

	private <T extends @Nullable Object> T executeOnce(Supplier<T> step) throws MetaDataAccessException {
		if (this.now == null) {
			this.now = DatabaseClock.of(this.dataSource).millis();
		}
		return this.transaction.execute((status) -> step.get());
	}

	private static PaymentStoreException failed(Exception ex) {
		return new PaymentStoreException("The database did not take a claim: " + ex.getClass().getSimpleName(), ex);
	}

}
