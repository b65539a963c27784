/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

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

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Keeps claims in Redis, which all instances share. For each claim there is a hash, and
 * another one for the payment and the response, so that looking for a claim does not load
 * them; for each transaction on chain there is a key. Every change is one Lua script
 * whose keys are in one hash slot, so that it works in a cluster too. Time is told by the
 * clock of the server, and claims go by themselves when they expire.
 * <p>
 * Redis must not evict keys. A failover that loses the last writes forgets what was in
 * them.
 */
final class RedisPaymentStore implements PaymentStore {

	private static final RedisScript<Long> CLAIM = RedisScripts.load("claim", Long.class);

	private static final RedisScript<?> FIND = RedisScripts.load("find", List.class);

	private static final RedisScript<Long> ADVANCE = RedisScripts.load("advance", Long.class);

	private static final RedisScript<Long> RELEASE = RedisScripts.load("release", Long.class);

	private static final RedisScript<?> RENEW = RedisScripts.load("renew", List.class);

	private static final RedisScript<Long> TRANSACTION = RedisScripts.load("transaction", Long.class);

	private static final RedisScript<byte[]> ANSWER = RedisScripts.load("answer", byte[].class);

	private static final RedisScript<Long> REDELIVERED = RedisScripts.load("redelivered", Long.class);

	private static final RedisScript<?> DUE = RedisScripts.load("due", List.class);

	private static final RedisScript<?> OF_SALE = RedisScripts.load("sale", List.class);

	private static final RedisScript<?> LOOKS = RedisScripts.load("looks", List.class);

	private static final RedisScript<?> TAKE = RedisScripts.load("take", List.class);

	private static final RedisScript<Long> TRIM = RedisScripts.load("trim", Long.class);

	/** Keeps scripts short, because a server runs nothing else meanwhile. */
	private static final int CLAIMS_AT_ONCE = 1000;

	private final RedisScripts scripts;

	private final ClaimHash hash;

	private final Duration lease;

	private final @Nullable Duration retention;

	private final EvictionCheck eviction;

	/**
	 * Create a store that keeps its ledger forever.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 */
	RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease) {
		this(redis, codec, lease, null);
	}

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param retention after which time entries of the ledger are deleted, {@code null}
	 * for never
	 */
	RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease, @Nullable Duration retention) {
		this.scripts = new RedisScripts(redis);
		this.hash = new ClaimHash(codec);
		this.lease = lease;
		this.retention = retention;
		this.eviction = new EvictionCheck(redis);
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		Claim claim = Claim.of(request, UUID.randomUUID().toString());
		List<String> fields = this.hash.write(request);
		List<Object> arguments = new ArrayList<>(
				List.of(claim.owner(), this.lease.toMillis(), expiry(claim), fields.size()));
		arguments.addAll(fields);
		return run(CLAIM, claim.key(), arguments) ? claim : null;
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		return RedisScripts.execute(() -> claim(this.scripts.list(FIND, keys(ClaimId.of(key)))));
	}

	private @Nullable Claim claim(List<?> found) {
		Map<String, String> fields = RedisScripts.map(found.get(1));
		return fields.isEmpty() ? null : this.hash.read(Long.parseLong(RedisScripts.text(found.get(0))), fields);
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		Claim advanced = change.applyTo(claim);
		bind(advanced, change);
		if (!run(ADVANCE, claim.key(), arguments(claim, advanced, change))) {
			throw new StaleClaimException();
		}
		return advanced;
	}

	private List<Object> arguments(Claim claim, Claim advanced, ClaimChange change) {
		List<Object> arguments = new ArrayList<>(List.of(claim.owner(), claim.version(), UUID.randomUUID(),
				ClaimId.of(claim.key()), change.next(), flag(change.active()), this.lease.toMillis(),
				flag(change.again()), flag(change.ran()), expiry(advanced), millis(change.retryIn()),
				millis(change.deliverableFor()), this.hash.write(change.receipt()), bytes(change.request()),
				flag(change.response().isReleased()), bytes(change.response().toBytes())));
		arguments.addAll(
				StreamedEntry.write(change.event(), advanced, change.transaction(), change.reason(), change.note()));
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
	private void bind(Claim claim, ClaimChange change) {
		String backing = change.backing();
		if (backing == null) {
			return;
		}
		if (!bind(claim, backing)) {
			throw new DuplicateTransactionException();
		}
		if (change.isTransferProved()) {
			bind(claim, backing.substring(0, backing.indexOf('#')));
		}
	}

	private boolean bind(Claim claim, String backing) {
		String key = "x402:transaction:" + claim.key().network() + ":" + backing;
		return run(TRANSACTION, List.of(key), List.of(ClaimId.of(claim.key()), expiry(claim)));
	}

	@Override
	public void release(Claim claim, String reason) {
		ClaimStep.RELEASE.check(claim);
		List<Object> arguments = new ArrayList<>(List.of(claim.owner(), claim.version(), ClaimId.of(claim.key())));
		if (claim.isBooked()) {
			arguments.addAll(StreamedEntry.write(LedgerEvent.RELEASED, claim, null, reason, null));
		}
		run(RELEASE, claim.key(), arguments);
	}

	@Override
	public ResponseRecord response(Claim claim) {
		return ResponseRecord.ofBytes(
				RedisScripts.execute(() -> this.scripts.run(ANSWER, keys(ClaimId.of(claim.key())), claim.owner())));
	}

	@Override
	public void redelivered(Claim claim) {
		List<Object> arguments = new ArrayList<>(List.of(UUID.randomUUID()));
		arguments.addAll(StreamedEntry.write(LedgerEvent.REDELIVERED, claim, null, null, null));
		run(REDELIVERED, claim.key(), arguments);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		List<UnsettledClaim> taken = new ArrayList<>();
		for (String id : due(limit)) {
			UnsettledClaim unsettled = (taken.size() < limit) ? RedisScripts.execute(() -> take(id, hold, false))
					: null;
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

	/**
	 * There are few claims of unknown outcome, and a person asks.
	 */
	@Override
	public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
		for (RedisPartition partition : RedisPartition.ALL) {
			String id = RedisScripts.execute(() -> ofSale(partition, sale));
			if (id != null) {
				return RedisScripts.execute(() -> take(id, hold, true));
			}
		}
		return null;
	}

	@Override
	public Map<String, Instant> nextLooks(Collection<String> sales) {
		Map<String, Instant> looks = new HashMap<>();
		if (!sales.isEmpty()) {
			RedisPartition.ALL
				.forEach((partition) -> RedisScripts.execute(() -> nextLooks(partition)).forEach((sale, due) -> {
					if (sales.contains(sale)) {
						looks.put(sale, Instant.ofEpochMilli((long) Double.parseDouble(due)));
					}
				}));
		}
		return looks;
	}

	private Map<String, String> nextLooks(RedisPartition partition) {
		List<String> ids = this.scripts.range(partition.due());
		Map<String, String> looks = new HashMap<>();
		for (List<String> some : inSteps(ids)) {
			List<String> keys = new ArrayList<>(List.of(partition.due()));
			some.forEach((id) -> keys.add(partition.keys(id).get(0)));
			looks.putAll(RedisScripts.map(this.scripts.list(LOOKS, keys, some.toArray())));
		}
		return looks;
	}

	private @Nullable String ofSale(RedisPartition partition, String sale) {
		List<String> ids = this.scripts.range(partition.due());
		for (List<String> some : inSteps(ids)) {
			List<?> found = this.scripts.list(OF_SALE, some.stream().map((id) -> partition.keys(id).get(0)).toList(),
					sale);
			if (!found.isEmpty()) {
				return some.get(((Number) found.get(0)).intValue());
			}
		}
		return null;
	}

	private @Nullable UnsettledClaim take(String id, Duration hold, boolean early) {
		List<?> found = this.scripts.list(TAKE, keys(id), id, UUID.randomUUID(), hold.toMillis(), flag(early));
		Claim claim = found.isEmpty() ? null : claim(found);
		return (claim != null && found.get(2) instanceof byte[] request) ? new UnsettledClaim(claim, request) : null;
	}

	@Override
	public void maintain() {
		if (this.retention != null) {
			trim(this.retention.toMillis());
		}
		this.eviction.check();
	}

	/**
	 * One script for all claims of a partition, because a script reaches one hash slot.
	 */
	@Override
	public Duration lease() {
		return this.lease;
	}

	@Override
	public Collection<Claim> renew(Collection<Claim> claims) {
		Map<RedisPartition, List<Claim>> partitions = new HashMap<>();
		for (Claim claim : claims) {
			partitions.computeIfAbsent(RedisPartition.of(ClaimId.of(claim.key())), (partition) -> new ArrayList<>())
				.add(claim);
		}
		List<Claim> lost = new ArrayList<>();
		partitions.forEach((partition, all) -> inSteps(all).forEach((some) -> lost.addAll(renew(partition, some))));
		return lost;
	}

	/**
	 * A script holds up the server, so that each sees only so many claims.
	 */
	private static <T> List<List<T>> inSteps(List<T> all) {
		return IntStream.iterate(0, (start) -> start < all.size(), (start) -> start + CLAIMS_AT_ONCE)
			.mapToObj((start) -> all.subList(start, Math.min(start + CLAIMS_AT_ONCE, all.size())))
			.toList();
	}

	private List<Claim> renew(RedisPartition partition, List<Claim> claims) {
		List<String> keys = new ArrayList<>(List.of(partition.due()));
		List<Object> arguments = new ArrayList<>(List.of(this.lease.toMillis()));
		for (Claim claim : claims) {
			String id = ClaimId.of(claim.key());
			keys.add(partition.keys(id).get(0));
			arguments.addAll(List.of(id, claim.owner(), claim.version()));
		}
		List<?> lost = RedisScripts.execute(() -> this.scripts.list(RENEW, keys, arguments.toArray()));
		return lost.stream().map((index) -> claims.get(((Number) index).intValue())).toList();
	}

	private void trim(long millis) {
		for (RedisPartition partition : RedisPartition.ALL) {
			run(TRIM, List.of(partition.ledger(), partition.outbox()), List.of(millis));
		}
	}

	private boolean run(RedisScript<Long> script, AuthorizationKey key, List<?> arguments) {
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
