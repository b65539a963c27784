package io.x402.spring.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.DuplicateTransactionException;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Keeps claims in Redis, which all instances share: a hash for each claim, a key for each
 * transaction on chain. Every change is one Lua script that touches one key, so that it
 * works in a cluster too. Leases are told by the clock of the server, and keys go by
 * themselves when their claim expires.
 * <p>
 * Redis must not evict keys. A failover that loses the last writes forgets the claims in
 * them.
 */
public final class RedisPaymentStore implements PaymentStore {

	private static final Log logger = LogFactory.getLog(RedisPaymentStore.class);

	private static final RedisScript<Long> CLAIM = script("claim", Long.class);

	private static final RedisScript<?> FIND = script("find", List.class);

	private static final RedisScript<Long> ADVANCE = script("advance", Long.class);

	private static final RedisScript<Long> RELEASE = script("release", Long.class);

	private static final RedisScript<Long> RENEW = script("renew", Long.class);

	private static final RedisScript<Long> TRANSACTION = script("transaction", Long.class);

	private static final String EVICTION_POLICY = "maxmemory-policy";

	private final StringRedisTemplate redis;

	private final PaymentCodec codec;

	private final String lease;

	private final OwnedClaims owned = new OwnedClaims();

	private volatile boolean evictionChecked;

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 */
	public RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease) {
		this.redis = redis;
		this.codec = codec;
		this.lease = String.valueOf(lease.toMillis());
	}

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		Claim claim = new Claim(key, fingerprint, ClaimState.CLAIMED, UUID.randomUUID().toString(), 0, expiresAt, null);
		if (!run(CLAIM, claimKey(key), fingerprint, claim.owner(), this.lease, expiry(claim))) {
			return null;
		}
		this.owned.add(claim);
		return claim;
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return execute(() -> {
			List<?> values = (List<?>) this.redis.execute(FIND, List.of(claimKey(key)));
			return values.isEmpty() ? null : claim(key, values.stream().map(String::valueOf).toList());
		});
	}

	private Claim claim(ClaimKey key, List<String> values) {
		String receipt = values.get(5);
		return new Claim(key, values.get(0), ClaimState.valueOf(values.get(1)), values.get(2),
				Long.parseLong(values.get(3)), Instant.ofEpochMilli(Long.parseLong(values.get(4))), receipt.isEmpty()
						? null : this.codec.read(receipt.getBytes(StandardCharsets.UTF_8), SettlementResponse.class));
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		Claim advanced = claim.advance(next, receipt);
		try {
			if (next == ClaimState.SETTLED && receipt != null && receipt.transaction() != null) {
				bind(receipt.transaction(), claim);
			}
			if (!run(ADVANCE, claimKey(claim.key()), claim.owner(), String.valueOf(claim.version()),
					String.valueOf(advanced.version()), next.name(), this.lease, json(receipt),
					UUID.randomUUID().toString())) {
				throw new PaymentStoreException("The claim was changed by somebody else");
			}
		}
		catch (PaymentStoreException ex) {
			this.owned.remove(claim);
			throw ex;
		}
		this.owned.removeIfDone(advanced);
		return advanced;
	}

	/**
	 * Comes before the claim is settled: if the process dies between the two, the
	 * transaction still belongs to this claim.
	 */
	private void bind(String transaction, Claim claim) {
		String key = "x402:transaction:" + claim.key().network() + ":" + transaction;
		if (!run(TRANSACTION, key, ClaimId.of(claim.key()), expiry(claim))) {
			throw new DuplicateTransactionException();
		}
	}

	private String json(@Nullable SettlementResponse receipt) {
		return (receipt != null) ? new String(this.codec.write(receipt), StandardCharsets.UTF_8) : "";
	}

	@Override
	public void release(Claim claim) {
		this.owned.remove(claim);
		run(RELEASE, claimKey(claim.key()), claim.owner(), String.valueOf(claim.version()));
	}

	@Override
	public void maintain() {
		for (Claim claim : this.owned.unexpired(Instant.now())) {
			run(RENEW, claimKey(claim.key()), claim.owner(), this.lease);
		}
		warnOfEviction();
	}

	private void warnOfEviction() {
		if (this.evictionChecked) {
			return;
		}
		String policy = evictionPolicy();
		if (policy != null && !policy.equals("noeviction")) {
			logger.warn("Redis has " + EVICTION_POLICY + " " + policy + " and may forget which payments were used. "
					+ "Set it to noeviction, or keep claims in another Redis or in a database.");
		}
		this.evictionChecked = true;
	}

	private @Nullable String evictionPolicy() {
		try {
			Properties settings = this.redis.execute(
					(RedisCallback<Properties>) (connection) -> connection.serverCommands().getConfig(EVICTION_POLICY));
			return (settings != null) ? settings.getProperty(EVICTION_POLICY) : null;
		}
		catch (RedisConnectionFailureException | QueryTimeoutException ex) {
			throw failed(ex);
		}
		catch (DataAccessException ex) {
			// Many hosted servers do not show their configuration
			logger.debug("Redis does not tell whether it evicts keys", ex);
			return null;
		}
	}

	private boolean run(RedisScript<Long> script, String key, String... arguments) {
		return execute(() -> this.redis.execute(script, List.of(key), (Object[]) arguments)) == 1;
	}

	private static <T extends @Nullable Object> T execute(Supplier<T> step) {
		try {
			return step.get();
		}
		catch (DataAccessException | IllegalStateException | JacksonException ex) {
			throw failed(ex);
		}
	}

	private static PaymentStoreException failed(RuntimeException ex) {
		return new PaymentStoreException("Redis did not take a claim: " + ex.getClass().getSimpleName(), ex);
	}

	private static String claimKey(ClaimKey key) {
		return "x402:claim:" + ClaimId.of(key);
	}

	private static String expiry(Claim claim) {
		return String.valueOf(claim.expiresAt().toEpochMilli());
	}

	private static <T> RedisScript<T> script(String name, Class<T> type) {
		return RedisScript.of(new ClassPathResource(name + ".lua", RedisPaymentStore.class), type);
	}

}
