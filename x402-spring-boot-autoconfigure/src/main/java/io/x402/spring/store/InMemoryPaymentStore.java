/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.x402.spring.protocol.AuthorizationKey;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims in the memory of one process. A full store refuses new claims; it never
 * forgets one before its time, because that would let a payment be used twice. Payers who
 * do not pay cannot fill it: each has a share of it, and claims that are refused for good
 * are kept beside it, the oldest of them forgotten when they are too many. Nothing was
 * charged for those, and their payments are verified again. Responses are forgotten
 * earlier if they take too much memory.
 *
 * @since 0.1.0
 */
public final class InMemoryPaymentStore implements PaymentStore {

	private static final long DEFAULT_RESPONSE_BYTES = 64 * 1024 * 1024;

	private static final int DEFAULT_LEDGER = 10_000;

	/** Measured with all that belongs to a settled claim, its response left out. */
	private static final int BYTES_PER_CLAIM = 1500;

	private static final int LEAST_CAPACITY = 10_000;

	/** Longer than any process lives. */
	private static final Duration NO_LEASE = Duration.ofDays(36_500);

	private final Cache<AuthorizationKey, ClaimRecord> entries;

	private final Cache<AuthorizationKey, Claim> refused;

	private final Cache<Backing, AuthorizationKey> transactions;

	private final Cache<String, ResponseRecord.Stored> responses;

	private final Set<AuthorizationKey> unsettled;

	private final UnpaidShares shares;

	private final LongAdder refusals;

	private final int capacity;

	private final InMemoryPaymentLedger ledger;

	private final Duration lease;

	private final Clock clock;

	/**
	 * Create a store with responses of 64 MB at most, a ledger of its own, and leases
	 * that do not end.
	 * @param capacity how many claims it holds at most
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, Clock clock) {
		this(capacity, DEFAULT_RESPONSE_BYTES, new InMemoryPaymentLedger(DEFAULT_LEDGER, clock), clock);
	}

	/**
	 * Create a store with leases that do not end.
	 * @param capacity how many claims it holds at most
	 * @param responseBytes how much memory the responses of settled claims take at most,
	 * in bytes
	 * @param ledger the ledger it writes
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, long responseBytes, InMemoryPaymentLedger ledger, Clock clock) {
		this(capacity, responseBytes, ledger, NO_LEASE, clock);
	}

	/**
	 * Create a store.
	 * @param capacity how many claims it holds at most
	 * @param responseBytes how much memory the responses of settled claims take at most,
	 * in bytes
	 * @param ledger the ledger it writes
	 * @param lease how long a claim stays active without a renewal
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, long responseBytes, InMemoryPaymentLedger ledger, Duration lease,
			Clock clock) {
		this.capacity = capacity;
		this.refusals = new LongAdder();
		this.shares = new UnpaidShares(capacity);
		this.unsettled = ConcurrentHashMap.newKeySet();
		this.ledger = ledger;
		this.lease = lease;
		this.clock = clock;
		this.entries = caches()
			.expireAfter(Expiry.creating((AuthorizationKey key, ClaimRecord entry) -> until(entry.claim().expiresAt())))
			.evictionListener(
					(@Nullable AuthorizationKey key, @Nullable ClaimRecord entry, RemovalCause cause) -> expired(entry))
			.build();
		this.refused = caches().maximumSize(capacity)
			.expireAfter(Expiry.creating((AuthorizationKey key, Claim claim) -> until(claim.expiresAt())))
			.build();
		this.transactions = caches()
			.expireAfter(Expiry.creating((Backing backing, AuthorizationKey key) -> remaining(key)))
			.build();
		this.responses = caches().maximumWeight(responseBytes)
			.weigher((String owner, ResponseRecord.Stored response) -> response.content().length)
			.build();
	}

	/**
	 * Create a store with the claims of another one, as an instance with another lease
	 * sees them.
	 */
	InMemoryPaymentStore(InMemoryPaymentStore shared, Duration lease) {
		this.capacity = shared.capacity;
		this.refusals = shared.refusals;
		this.shares = shared.shares;
		this.unsettled = shared.unsettled;
		this.ledger = shared.ledger;
		this.lease = lease;
		this.clock = shared.clock;
		this.entries = shared.entries;
		this.refused = shared.refused;
		this.transactions = shared.transactions;
		this.responses = shared.responses;
	}

	/**
	 * Caches are kept up by the thread that writes: a hand-over to another one for each
	 * step costs more than the upkeep.
	 */
	private static Caffeine<Object, Object> caches() {
		return Caffeine.newBuilder().executor(Runnable::run);
	}

	/**
	 * Return how many claims fit into memory.
	 * @param bytes amount of memory in bytes
	 * @return number of claims
	 */
	public static int capacity(long bytes) {
		return (int) Math.max(LEAST_CAPACITY, Math.min(bytes / BYTES_PER_CLAIM, Integer.MAX_VALUE));
	}

	/**
	 * Return how many claims were refused because the store was full, or because a payer
	 * had used up its share.
	 * @return the number so far
	 */
	public long refusedClaims() {
		return this.refusals.sum();
	}

	private void expired(@Nullable ClaimRecord entry) {
		if (entry != null) {
			this.shares.remove(entry.claim());
		}
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		ClaimRecord present = this.entries.getIfPresent(request.key());
		if (this.refused.getIfPresent(request.key()) != null
				|| (present != null && !present.isFree(this.clock.instant()))) {
			return null;
		}
		if (present == null) {
			makeRoom(request.key());
		}
		Claim claim = Claim.of(request, UUID.randomUUID().toString());
		ClaimRecord entry = ClaimRecord.of(claim, leaseEnd());
		return put(request.key(), present, entry) ? claim : null;
	}

	private boolean put(AuthorizationKey key, @Nullable ClaimRecord present, ClaimRecord entry) {
		if (present != null && this.entries.asMap().remove(key, present)) {
			removed(present);
		}
		if (this.entries.asMap().putIfAbsent(key, entry) != null) {
			return false;
		}
		this.shares.add(entry.claim());
		return true;
	}

	private void removed(ClaimRecord entry) {
		this.shares.remove(entry.claim());
		this.responses.invalidate(entry.claim().owner());
		this.unsettled.remove(entry.claim().key());
	}

	private void makeRoom(AuthorizationKey key) {
		if (this.shares.isUsedUp(key)) {
			this.entries.cleanUp();
			if (this.shares.isUsedUp(key)) {
				this.refusals.increment();
				throw new PaymentStoreException("One payer has " + this.shares.share()
						+ " claims that are not paid for, the most that x402.store.max-claims allows");
			}
		}
		if (this.entries.estimatedSize() >= this.capacity) {
			this.entries.cleanUp();
			if (this.entries.estimatedSize() >= this.capacity) {
				this.refusals.increment();
				throw new PaymentStoreException(
						"The in-memory store is full: x402.store.max-claims is " + this.capacity);
			}
		}
	}

	private Instant leaseEnd() {
		return this.clock.instant().plus(this.lease);
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		ClaimRecord entry = this.entries.getIfPresent(key);
		return (entry != null) ? entry.claimAt(this.clock.instant()) : this.refused.getIfPresent(key);
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		change.step().check(claim);
		bind(claim, change);
		Claim advanced = replace(claim, change).claim();
		keep(advanced, change);
		if (change.event() != null) {
			this.ledger.write(change.event(), advanced, change.transaction(), change.reason());
		}
		return advanced;
	}

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
		AuthorizationKey settled = this.transactions.asMap()
			.putIfAbsent(new Backing(claim.key().network(), backing), claim.key());
		return settled == null || settled.equals(claim.key());
	}

	private ClaimRecord replace(Claim claim, ClaimChange change) {
		ClaimRecord entry = this.entries.getIfPresent(claim.key());
		if (entry == null || !entry.isAt(claim)) {
			throw new StaleClaimException();
		}
		ClaimRecord changed = entry.after(claim, change, this.clock.instant(), leaseEnd());
		if (!this.entries.asMap().replace(claim.key(), entry, changed)) {
			throw new StaleClaimException();
		}
		if (changed.claim().state() == ClaimState.SETTLED) {
			this.shares.remove(entry.claim());
		}
		return changed;
	}

	private void keep(Claim claim, ClaimChange change) {
		if (change.response() instanceof ResponseRecord.Stored response) {
			this.responses.put(claim.owner(), response);
		}
		else if (change.response().isReleased() || change.forgetsResponse()) {
			this.responses.invalidate(claim.owner());
		}
		if (change.retryIn() != null || change.next() == ClaimState.SETTLING) {
			this.unsettled.add(claim.key());
		}
		else {
			this.unsettled.remove(claim.key());
		}
		if (claim.state() == ClaimState.DECLINED || claim.state() == ClaimState.EXHAUSTED) {
			setAside(claim);
		}
	}

	/**
	 * A claim that is refused for good takes no room of those that may be paid.
	 */
	private void setAside(Claim claim) {
		this.refused.put(claim.key(), claim);
		ClaimRecord entry = this.entries.asMap().remove(claim.key());
		if (entry != null) {
			removed(entry);
		}
	}

	@Override
	public void release(Claim claim, String reason) {
		ClaimStep.RELEASE.check(claim);
		ClaimRecord entry = this.entries.getIfPresent(claim.key());
		if (entry != null && entry.isAt(claim) && this.entries.asMap().remove(claim.key(), entry)) {
			removed(entry);
			if (entry.claim().isBooked()) {
				this.ledger.write(LedgerEvent.RELEASED, claim, null, reason);
			}
		}
	}

	@Override
	public ResponseRecord response(Claim claim) {
		ClaimRecord entry = this.entries.getIfPresent(claim.key());
		if (entry == null || !entry.claim().owner().equals(claim.owner()) || !entry.hasResponse(this.clock.instant())) {
			return ResponseRecord.none();
		}
		ResponseRecord stored = this.responses.getIfPresent(claim.owner());
		return (stored != null) ? stored : ResponseRecord.notStored();
	}

	@Override
	public void redelivered(Claim claim) {
		this.ledger.write(LedgerEvent.REDELIVERED, claim, null, null);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		Instant now = this.clock.instant();
		this.unsettled.removeIf((key) -> this.entries.getIfPresent(key) == null);
		List<ClaimRecord> due = this.unsettled.stream()
			.map(this.entries::getIfPresent)
			.filter((entry) -> entry != null && entry.isDue(now))
			.map(Objects::requireNonNull)
			.sorted(Comparator.comparing(ClaimRecord::due))
			.limit(limit)
			.toList();
		List<UnsettledClaim> taken = new ArrayList<>();
		for (ClaimRecord entry : due) {
			ClaimRecord held = entry.held(now.plus(hold));
			if (held.request() != null && this.entries.asMap().replace(entry.claim().key(), entry, held)) {
				taken.add(new UnsettledClaim(held.claim(), held.request()));
			}
		}
		return taken;
	}

	@Override
	public Collection<Claim> renew(Collection<Claim> claims) {
		return claims.stream().filter((claim) -> !renew(claim)).toList();
	}

	@Override
	public Duration lease() {
		return this.lease;
	}

	private boolean renew(Claim claim) {
		ClaimRecord entry = this.entries.getIfPresent(claim.key());
		while (entry != null && entry.isAt(claim) && entry.claim().active()) {
			if (this.entries.asMap().replace(claim.key(), entry, entry.renewed(leaseEnd()))) {
				return true;
			}
			entry = this.entries.getIfPresent(claim.key());
		}
		return false;
	}

	private Duration remaining(AuthorizationKey key) {
		ClaimRecord entry = this.entries.getIfPresent(key);
		return (entry != null) ? until(entry.claim().expiresAt()) : Duration.ZERO;
	}

	private Duration until(Instant end) {
		Duration remaining = Duration.between(this.clock.instant(), end);
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

	private record Backing(String network, String transaction) {

	}

}
