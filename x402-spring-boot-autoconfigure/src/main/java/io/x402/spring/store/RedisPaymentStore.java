package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimChange;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.DuplicateTransactionException;
import io.x402.spring.payment.LedgerEvent;
import io.x402.spring.payment.NewClaim;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.payment.StaleClaimException;
import io.x402.spring.payment.UnsettledClaim;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Keeps claims in Redis, which all instances share. For each claim there is a hash, and
 * another one for the payment and the answer, so that looking for a claim does not load
 * them; for each transaction on chain there is a key. Every change is one Lua script
 * whose keys are in one hash slot, so that it works in a cluster too. Time is told by the
 * clock of the server, and claims go by themselves when they expire.
 * <p>
 * Redis must not evict keys. A failover that loses the last writes forgets what was in
 * them.
 */
public final class RedisPaymentStore implements PaymentStore {

	private static final RedisScript<Long> CLAIM = RedisScripts.load("claim", Long.class);

	private static final RedisScript<?> FIND = RedisScripts.load("find", List.class);

	private static final RedisScript<Long> ADVANCE = RedisScripts.load("advance", Long.class);

	private static final RedisScript<Long> RELEASE = RedisScripts.load("release", Long.class);

	private static final RedisScript<Long> RENEW = RedisScripts.load("renew", Long.class);

	private static final RedisScript<Long> TRANSACTION = RedisScripts.load("transaction", Long.class);

	private static final RedisScript<byte[]> ANSWER = RedisScripts.load("answer", byte[].class);

	private static final RedisScript<Long> REDELIVERED = RedisScripts.load("redelivered", Long.class);

	private static final RedisScript<?> DUE = RedisScripts.load("due", List.class);

	private static final RedisScript<?> TAKE = RedisScripts.load("take", List.class);

	private static final RedisScript<Long> TRIM = RedisScripts.load("trim", Long.class);

	private final RedisScripts scripts;

	private final ClaimHash hash;

	private final Duration lease;

	private final @Nullable Duration retention;

	private final OwnedClaims owned = new OwnedClaims();

	private final EvictionCheck eviction;

	/**
	 * Create a store that keeps its books forever.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 */
	public RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease) {
		this(redis, codec, lease, null);
	}

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param retention after which time entries of the books are deleted, {@code null}
	 * for never
	 */
	public RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease,
			@Nullable Duration retention) {
		this.scripts = new RedisScripts(redis);
		this.hash = new ClaimHash(codec);
		this.lease = lease;
		this.retention = retention;
		this.eviction = new EvictionCheck(redis);
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		Claim claim = request.by(UUID.randomUUID().toString());
		List<String> fields = this.hash.write(request);
		List<Object> arguments = new ArrayList<>(
				List.of(claim.owner(), this.lease.toMillis(), expiry(claim), fields.size()));
		arguments.addAll(fields);
		arguments.addAll(StreamedEntry.write(LedgerEvent.REQUIRED, claim, null, null));
		if (!run(CLAIM, claim.key(), arguments)) {
			return null;
		}
		this.owned.add(claim);
		return claim;
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return RedisScripts.execute(() -> claim(this.scripts.list(FIND, keys(ClaimId.of(key)))));
	}

	private @Nullable Claim claim(List<?> found) {
		Map<String, String> fields = RedisScripts.map(found.get(1));
		return fields.isEmpty() ? null : this.hash.read(Long.parseLong(RedisScripts.text(found.get(0))), fields);
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		Claim advanced = claim.changed(change);
		try {
			if (change.next() == ClaimState.SETTLED && change.receipt() != null) {
				bind(claim, change.receipt());
			}
			if (!run(ADVANCE, claim.key(), arguments(claim, advanced, change))) {
				throw new StaleClaimException();
			}
		}
		catch (PaymentStoreException ex) {
			this.owned.remove(claim);
			throw ex;
		}
		if (advanced.active()) {
			this.owned.add(advanced);
		}
		else {
			this.owned.remove(advanced);
		}
		return advanced;
	}

	private List<Object> arguments(Claim claim, Claim advanced, ClaimChange change) {
		List<Object> arguments = new ArrayList<>(
				List.of(claim.owner(), claim.version(), UUID.randomUUID(), ClaimId.of(claim.key()), change.next(),
						flag(change.active()), this.lease.toMillis(), flag(change.again()), flag(change.ran()),
						millis(change.retryIn()), millis(change.deliverableFor()), this.hash.write(change.receipt()),
						bytes(change.request()), flag(change.answer() != null), bytes(change.answer())));
		arguments.addAll(StreamedEntry.write(change.event(), advanced, change.transaction(), change.reason()));
		return arguments;
	}

	private static String flag(boolean value) {
		return value ? "1" : "0";
	}

	private static Object millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : "";
	}

	private static byte[] bytes(byte @Nullable [] content) {
		return (content != null) ? content : new byte[0];
	}

	/**
	 * Comes before the claim is settled: if the process dies between the two, the
	 * transaction still belongs to this claim.
	 */
	private void bind(Claim claim, SettlementResponse receipt) {
		if (receipt.transactionOrNull() == null) {
			return;
		}
		String key = "x402:transaction:" + claim.key().network() + ":" + receipt.transaction();
		if (!run(TRANSACTION, List.of(key), List.of(ClaimId.of(claim.key()), expiry(claim)))) {
			throw new DuplicateTransactionException();
		}
	}

	@Override
	public void release(Claim claim, String reason) {
		this.owned.remove(claim);
		List<Object> arguments = new ArrayList<>(List.of(claim.owner(), claim.version(), ClaimId.of(claim.key())));
		arguments.addAll(StreamedEntry.write(LedgerEvent.RELEASED, claim, null, reason));
		run(RELEASE, claim.key(), arguments);
	}

	@Override
	public byte @Nullable [] answer(Claim claim) {
		return RedisScripts.execute(() -> this.scripts.run(ANSWER, keys(ClaimId.of(claim.key())), claim.owner()));
	}

	@Override
	public void redelivered(Claim claim) {
		List<Object> arguments = new ArrayList<>(List.of(UUID.randomUUID()));
		arguments.addAll(StreamedEntry.write(LedgerEvent.REDELIVERED, claim, null, null));
		run(REDELIVERED, claim.key(), arguments);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		List<UnsettledClaim> taken = new ArrayList<>();
		for (String id : due(limit)) {
			UnsettledClaim unsettled = (taken.size() < limit) ? RedisScripts.execute(() -> take(id, hold)) : null;
			if (unsettled != null) {
				taken.add(unsettled);
			}
		}
		return taken;
	}

	/**
	 * Each partition tells its most overdue, because the most overdue of all may be there
	 * or in another one.
	 */
	private List<String> due(int limit) {
		List<Due> due = new ArrayList<>();
		for (RedisPartition partition : RedisPartition.ALL) {
			Map<String, String> found = RedisScripts
				.execute(() -> RedisScripts.map(this.scripts.list(DUE, List.of(partition.due()), limit)));
			found.forEach((id, since) -> due.add(new Due(id, Double.parseDouble(since))));
		}
		return due.stream().sorted(Comparator.comparingDouble(Due::since)).map(Due::id).toList();
	}

	private @Nullable UnsettledClaim take(String id, Duration hold) {
		List<?> found = this.scripts.list(TAKE, keys(id), id, UUID.randomUUID(), hold.toMillis());
		Claim claim = found.isEmpty() ? null : claim(found);
		return (claim != null && found.get(2) instanceof byte[] request) ? new UnsettledClaim(claim, request) : null;
	}

	@Override
	public void maintain() {
		for (Claim claim : this.owned.unexpired(Instant.now())) {
			run(RENEW, claim.key(), List.of(claim.owner(), this.lease.toMillis(), ClaimId.of(claim.key())));
		}
		if (this.retention != null) {
			trim(this.retention.toMillis());
		}
		this.eviction.check();
	}

	private void trim(long millis) {
		for (RedisPartition partition : RedisPartition.ALL) {
			run(TRIM, List.of(partition.ledger(), partition.outbox()), List.of(millis));
		}
	}

	private boolean run(RedisScript<Long> script, ClaimKey key, List<?> arguments) {
		return run(script, keys(ClaimId.of(key)), arguments);
	}

	private boolean run(RedisScript<Long> script, List<String> keys, List<?> arguments) {
		Long result = RedisScripts.execute(() -> this.scripts.run(script, keys, arguments.toArray()));
		return result != null && result == 1;
	}

	private static List<String> keys(String id) {
		return RedisPartition.of(id).keys(id);
	}

	private static long expiry(Claim claim) {
		return claim.expiresAt().toEpochMilli();
	}

	/**
	 * A claim to ask about.
	 *
	 * @param id identity of the claim
	 * @param since when it was due, in milliseconds since the epoch
	 */
	private record Due(String id, double since) {

	}

}
