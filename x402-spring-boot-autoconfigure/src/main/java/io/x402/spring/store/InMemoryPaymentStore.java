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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Interner;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.HeldClaim.Unpacked;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims in the memory of one process. A full store refuses new claims; it never
 * forgets one before its time, because that would let a payment be used twice. Claims
 * that are over are packed. Payers who do not pay cannot fill the store: each has a share
 * of it, and claims that are refused for good are kept beside it, the oldest of them
 * forgotten when they are too many. Nothing was charged for those, and their payments are
 * verified again. Responses are forgotten earlier if they take too much memory.
 *
 * @since 0.1.0
 */
public final class InMemoryPaymentStore implements PaymentStore {

	/** Looking for claims in doubt takes a moment if there are many. */
	private static final Duration BETWEEN_SEARCHES = Duration.ofSeconds(1);

	private static final long DEFAULT_RESPONSE_BYTES = 64 * 1024 * 1024;

	private static final int DEFAULT_LEDGER = 10_000;

	/** Of a response without content. */
	private static final int BYTES_PER_RESPONSE = 200;

	/** Longer than any process lives. */
	private static final Duration NO_LEASE = Duration.ofDays(36_500);

	private final Cache<KeyDigest, HeldClaim> entries;

	private final Cache<KeyDigest, HeldClaim> refused;

	private final Cache<KeyDigest, KeyDigest> transactions;

	private final Cache<String, ResponseRecord.Stored> responses;

	private final Interner<PackedClaim.Terms> terms;

	private final Set<AuthorizationKey> unsettled;

	/** When claims in doubt are looked for again, if there is no room. */
	private final AtomicReference<Deadline> nextSearch;

	private final UnpaidShares shares;

	private final LongAdder refusals;

	private final LongAdder memory;

	private final Capacity capacity;

	private final InMemoryPaymentLedger ledger;

	private final Duration lease;

	private final Clock clock;

	private final MonotonicClock monotonicClock;

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
		this(Capacity.ofClaims(capacity), responseBytes, ledger, lease, clock);
	}

	/**
	 * Create a store.
	 * @param capacity what it holds at most, responses left out
	 * @param responseBytes how much memory the responses of settled claims take at most,
	 * in bytes
	 * @param ledger the ledger it writes
	 * @param lease how long a claim stays active without a renewal
	 * @param clock the time
	 * @since 0.2.0
	 */
	public InMemoryPaymentStore(Capacity capacity, long responseBytes, InMemoryPaymentLedger ledger, Duration lease,
			Clock clock) {
		this(capacity, responseBytes, ledger, lease, clock, MonotonicClock.system());
	}

	/**
	 * Create a store whose claims end by a clock that only runs: one that is set forward
	 * for a moment forgets no claim.
	 */
	InMemoryPaymentStore(Capacity capacity, long responseBytes, InMemoryPaymentLedger ledger, Duration lease,
			Clock clock, MonotonicClock monotonicClock) {
		this.capacity = capacity;
		this.refusals = new LongAdder();
		this.memory = new LongAdder();
		this.shares = new UnpaidShares(capacity.unpaidClaims());
		this.unsettled = ConcurrentHashMap.newKeySet();
		this.monotonicClock = monotonicClock;
		this.nextSearch = new AtomicReference<>(Deadline.by(monotonicClock, Duration.ZERO));
		this.terms = Interner.newWeakInterner();
		this.ledger = ledger;
		this.lease = lease;
		this.clock = clock;
		this.entries = caches(monotonicClock)
			.expireAfter(Expiry.creating((KeyDigest key, HeldClaim entry) -> until(entry.expiresAt())))
			.evictionListener(
					(@Nullable KeyDigest key, @Nullable HeldClaim entry, RemovalCause cause) -> expired(entry))
			.build();
		this.refused = caches(monotonicClock).maximumSize(capacity.unpaidClaims())
			.expireAfter(Expiry.creating((KeyDigest key, HeldClaim claim) -> until(claim.expiresAt())))
			.build();
		this.transactions = caches(monotonicClock)
			.expireAfter(Expiry.creating((KeyDigest backing, KeyDigest key) -> Claim.KEPT_IN_DOUBT))
			.build();
		this.responses = caches(monotonicClock).maximumWeight(responseBytes)
			.weigher((String owner, ResponseRecord.Stored response) -> BYTES_PER_RESPONSE + response.content().length)
			.build();
	}

	/**
	 * Create a store with the claims of another one, as an instance with another lease
	 * sees them.
	 */
	InMemoryPaymentStore(InMemoryPaymentStore shared, Duration lease) {
		this.capacity = shared.capacity;
		this.refusals = shared.refusals;
		this.memory = shared.memory;
		this.shares = shared.shares;
		this.unsettled = shared.unsettled;
		this.monotonicClock = shared.monotonicClock;
		this.nextSearch = shared.nextSearch;
		this.terms = shared.terms;
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
	private static Caffeine<Object, Object> caches(MonotonicClock clock) {
		return Caffeine.newBuilder().ticker(clock::nanos).executor(Runnable::run);
	}

	private static <V> VarExpiration<KeyDigest, V> lifetimes(Cache<KeyDigest, V> cache) {
		return cache.policy().expireVariably().orElseThrow();
	}

	/**
	 * Return how many claims were refused because the store was full, or because a payer
	 * had used up its share.
	 * @return the number so far
	 */
	public long refusedClaims() {
		return this.refusals.sum();
	}

	/**
	 * Return what the store holds at most.
	 * @return the capacity
	 * @since 0.2.0
	 */
	public Capacity capacity() {
		return this.capacity;
	}

	/**
	 * Return how much memory the claims take, responses and refused claims left out.
	 * @return the estimate in bytes
	 */
	long memory() {
		return this.memory.sum();
	}

	/**
	 * Forget what is over now, which happens by itself with other calls.
	 */
	void cleanUp() {
		this.entries.cleanUp();
	}

	/**
	 * Packed claims have no share: they are paid for, or not about money.
	 */
	private void expired(@Nullable HeldClaim entry) {
		if (entry != null) {
			this.memory.add(-entry.memory());
			if (entry instanceof Unpacked unpacked) {
				this.shares.remove(unpacked.content().claim());
			}
		}
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		KeyDigest key = KeyDigest.of(request.key());
		ClaimRecord present = record(key, request.key());
		if (this.refused.getIfPresent(key) != null || (present != null && !present.isFree(this.clock.instant()))) {
			return null;
		}
		if (present == null) {
			makeRoom(request.key());
		}
		Claim claim = Claim.of(request, UUID.randomUUID().toString());
		return put(key, present, ClaimRecord.of(claim, leaseEnd())) ? claim : null;
	}

	private @Nullable ClaimRecord record(AuthorizationKey key) {
		return record(KeyDigest.of(key), key);
	}

	private @Nullable ClaimRecord record(KeyDigest digest, AuthorizationKey key) {
		HeldClaim entry = this.entries.getIfPresent(digest);
		return (entry != null) ? entry.unpack(key) : null;
	}

	private boolean put(KeyDigest key, @Nullable ClaimRecord present, ClaimRecord added) {
		Unpacked free = (present != null) ? new Unpacked(present) : null;
		if (free != null && this.entries.asMap().remove(key, free)) {
			removed(free, free.content().claim());
		}
		Unpacked entry = new Unpacked(added);
		if (this.entries.asMap().putIfAbsent(key, entry) != null) {
			return false;
		}
		this.memory.add(entry.memory());
		this.shares.add(added.claim());
		return true;
	}

	private void removed(HeldClaim entry, Claim claim) {
		this.memory.add(-entry.memory());
		this.shares.remove(claim);
		this.responses.invalidate(claim.owner());
		this.unsettled.remove(claim.key());
	}

	private void makeRoom(AuthorizationKey key) {
		if (this.shares.isUsedUp(key)) {
			this.entries.cleanUp();
			if (this.shares.isUsedUp(key)) {
				forgetDoubtful();
			}
			if (this.shares.isUsedUp(key)) {
				this.refusals.increment();
				throw new PaymentStoreException("One payer has " + this.shares.share()
						+ " claims that are not paid for, the most that " + this.capacity.property() + " allows");
			}
		}
		if (isFull()) {
			this.entries.cleanUp();
			if (isFull()) {
				forgetDoubtful();
			}
			if (isFull()) {
				this.refusals.increment();
				throw new PaymentStoreException("The in-memory store is full: " + this.capacity);
			}
		}
	}

	/**
	 * A claim in doubt is kept longer than others only as long as there is room. The
	 * oldest tenth leaves at a time, since they are looked for once a second at most, for
	 * everyone without room: a payer who asks all the time takes no one else's turn.
	 */
	private void forgetDoubtful() {
		Deadline next = this.nextSearch.get();
		if (!next.hasPassed()
				|| !this.nextSearch.compareAndSet(next, Deadline.by(this.monotonicClock, BETWEEN_SEARCHES))) {
			return;
		}
		List<Claim> doubtful = doubtful();
		doubtful.stream()
			.filter((claim) -> this.shares.isUsedUp(claim.key()))
			.collect(Collectors.groupingBy((claim) -> UnpaidShares.holder(claim.key())))
			.values()
			.forEach(this::forgetOldest);
		if (isFull()) {
			forgetOldest(doubtful);
		}
	}

	/**
	 * A claim that a reconciler looks into stays: its outcome may be known in a moment.
	 */
	private List<Claim> doubtful() {
		Instant overdue = this.clock.instant().plus(Claim.KEPT_IN_DOUBT);
		return this.unsettled.stream()
			.map(this::record)
			.filter((record) -> record != null && record.times().suspendedAt() != null)
			.map((record) -> Objects.requireNonNull(record).claim())
			.filter((claim) -> !claim.active() && claim.expiresAt().isBefore(overdue))
			.sorted(Comparator.comparing(Claim::expiresAt))
			.toList();
	}

	private void forgetOldest(List<Claim> found) {
		found.stream().limit(found.size() / 10 + 1L).forEach(this::forget);
	}

	private void forget(Claim claim) {
		KeyDigest key = KeyDigest.of(claim.key());
		HeldClaim held = at(key, claim);
		if (held != null && this.entries.asMap().remove(key, held)) {
			removed(held, claim);
		}
	}

	private boolean isFull() {
		return this.capacity.isUsedUp(this.entries.estimatedSize(), this.memory.sum());
	}

	private Instant leaseEnd() {
		return this.clock.instant().plus(this.lease);
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		KeyDigest digest = KeyDigest.of(key);
		ClaimRecord entry = record(digest, key);
		if (entry != null) {
			return entry.claimAt(this.clock.instant());
		}
		HeldClaim known = this.refused.getIfPresent(digest);
		return (known != null) ? known.unpack(key).claim() : null;
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		change.step().check(claim);
		KeyDigest key = KeyDigest.of(claim.key());
		bind(key, claim, change);
		ClaimRecord advanced = replace(key, claim, change);
		keep(key, advanced, change);
		if (change.event() != null) {
			this.ledger.write(change.event(), advanced.claim(), change.transaction(), change.reason(), change.note());
		}
		return advanced.claim();
	}

	private void bind(KeyDigest key, Claim claim, ClaimChange change) {
		String backing = change.backing();
		if (backing == null) {
			return;
		}
		Claim settled = change.applyTo(claim);
		if (!bind(key, settled, backing)) {
			throw new DuplicateTransactionException();
		}
		if (change.isTransferProved()) {
			bind(key, settled, backing.substring(0, backing.indexOf('#')));
		}
	}

	private boolean bind(KeyDigest key, Claim claim, String backing) {
		KeyDigest settled = lifetimes(this.transactions)
			.putIfAbsent(KeyDigest.ofBacking(claim.key().network(), backing), key, until(claim.expiresAt()));
		return settled == null || settled.equals(key);
	}

	/**
	 * A renewal of the lease meanwhile changes the entry, but not the version.
	 */
	private ClaimRecord replace(KeyDigest key, Claim claim, ClaimChange change) {
		HeldClaim held = at(key, claim);
		while (held != null) {
			ClaimRecord entry = held.unpack(claim.key());
			ClaimRecord changed = entry.after(claim, change, this.clock.instant(), leaseEnd());
			HeldClaim packed = isRefused(changed) ? new Unpacked(changed) : PackedClaim.of(changed, this.terms);
			if (replace(key, held, packed)) {
				if (changed.claim().state() == ClaimState.SETTLED) {
					this.shares.remove(entry.claim());
				}
				return changed;
			}
			held = at(key, claim);
		}
		throw new StaleClaimException();
	}

	/**
	 * Return the entry of a claim, or {@code null} if the claim has another version.
	 */
	private @Nullable HeldClaim at(KeyDigest key, Claim claim) {
		HeldClaim held = this.entries.getIfPresent(key);
		return (held != null && held.unpack(claim.key()).isAt(claim)) ? held : null;
	}

	private boolean replace(KeyDigest key, ClaimRecord held, ClaimRecord changed) {
		return replace(key, new Unpacked(held), new Unpacked(changed));
	}

	private boolean replace(KeyDigest key, HeldClaim held, HeldClaim changed) {
		boolean replaced = this.entries.asMap().replace(key, held, changed);
		if (replaced) {
			this.memory.add(changed.memory() - held.memory());
			prolong(key, Duration.between(held.expiresAt(), changed.expiresAt()));
		}
		return replaced;
	}

	/**
	 * By how much a step has changed the end, whatever the clock of the machine shows
	 * now.
	 */
	private void prolong(KeyDigest key, Duration longer) {
		if (!longer.isZero()) {
			VarExpiration<KeyDigest, HeldClaim> lifetimes = lifetimes(this.entries);
			lifetimes.getExpiresAfter(key)
				.map((remaining) -> remaining.plus(longer))
				.ifPresent((remaining) -> lifetimes.setExpiresAfter(key,
						remaining.isNegative() ? Duration.ZERO : remaining));
		}
	}

	private void keep(KeyDigest key, ClaimRecord changed, ClaimChange change) {
		Claim claim = changed.claim();
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
		if (isRefused(changed)) {
			setAside(key, changed);
		}
	}

	private static boolean isRefused(ClaimRecord changed) {
		ClaimState state = changed.claim().state();
		return state == ClaimState.DECLINED || state == ClaimState.EXHAUSTED;
	}

	/**
	 * A claim that is refused for good takes no room of those that may be paid.
	 */
	private void setAside(KeyDigest key, ClaimRecord changed) {
		this.refused.put(key, PackedClaim.of(changed, this.terms));
		HeldClaim entry = this.entries.asMap().remove(key);
		if (entry != null) {
			removed(entry, entry.unpack(changed.claim().key()).claim());
		}
	}

	@Override
	public void release(Claim claim, String reason) {
		ClaimStep.RELEASE.check(claim);
		KeyDigest key = KeyDigest.of(claim.key());
		HeldClaim held = at(key, claim);
		while (held != null && !this.entries.asMap().remove(key, held)) {
			held = at(key, claim);
		}
		if (held != null) {
			Claim released = held.unpack(claim.key()).claim();
			removed(held, released);
			if (released.isBooked()) {
				this.ledger.write(LedgerEvent.RELEASED, claim, null, reason, null);
			}
		}
	}

	@Override
	public ResponseRecord response(Claim claim) {
		ClaimRecord entry = record(claim.key());
		if (entry == null || !entry.claim().owner().equals(claim.owner()) || !entry.hasResponse(this.clock.instant())) {
			return ResponseRecord.none();
		}
		ResponseRecord stored = this.responses.getIfPresent(claim.owner());
		return (stored != null) ? stored : ResponseRecord.notStored(entry.conditions());
	}

	@Override
	public void redelivered(Claim claim) {
		this.ledger.write(LedgerEvent.REDELIVERED, claim, null, null, null);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		Instant now = this.clock.instant();
		this.unsettled.removeIf((key) -> record(key) == null);
		List<ClaimRecord> due = this.unsettled.stream()
			.map(this::record)
			// By the time now, or a claim that was just put off would seem to be of the
			// future
			.filter((entry) -> entry != null && entry.isDue(this.clock.instant()))
			.map(Objects::requireNonNull)
			.sorted(Comparator.comparing(ClaimRecord::due))
			.limit(limit)
			.toList();
		List<UnsettledClaim> taken = new ArrayList<>();
		for (ClaimRecord entry : due) {
			UnsettledClaim unsettled = take(entry, now.plus(hold));
			if (unsettled != null) {
				taken.add(unsettled);
			}
		}
		return taken;
	}

	private @Nullable UnsettledClaim take(ClaimRecord entry, Instant until) {
		ClaimRecord held = entry.held(until);
		return (held.request() != null && replace(KeyDigest.of(entry.claim().key()), entry, held))
				? new UnsettledClaim(held.claim(), held.request()) : null;
	}

	@Override
	public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
		Instant now = this.clock.instant();
		for (AuthorizationKey key : this.unsettled) {
			ClaimRecord entry = record(key);
			if (entry != null && entry.claim().sale() != null && entry.claim().sale().id().equals(sale)
					&& entry.isUnsettled(now)) {
				return take(entry, now.plus(hold));
			}
		}
		return null;
	}

	@Override
	public Map<String, Instant> nextLooks(Collection<String> sales) {
		Instant now = this.clock.instant();
		Map<String, Instant> looks = new HashMap<>();
		for (AuthorizationKey key : this.unsettled) {
			ClaimRecord entry = record(key);
			if (entry != null && entry.claim().sale() != null && sales.contains(entry.claim().sale().id())
					&& entry.isUnsettled(now)) {
				looks.put(entry.claim().sale().id(), entry.due());
			}
		}
		return looks;
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
		KeyDigest key = KeyDigest.of(claim.key());
		ClaimRecord entry = record(key, claim.key());
		while (entry != null && entry.isAt(claim) && entry.claim().active()) {
			if (replace(key, entry, entry.renewed(leaseEnd()))) {
				return true;
			}
			entry = record(key, claim.key());
		}
		return false;
	}

	private Duration until(Instant end) {
		Duration remaining = Duration.between(this.clock.instant(), end);
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

	/**
	 * What a store holds at most. Responses are limited apart.
	 *
	 * @param property the property that sets this limit
	 * @param claims maximum number of claims
	 * @param bytes maximum memory for claims in bytes
	 * @since 0.2.0
	 */
	public record Capacity(String property, long claims, long bytes) {

		private static final long LEAST_BYTES = 16 * 1024 * 1024;

		/**
		 * Return a capacity that counts claims.
		 * @param claims maximum number of claims
		 * @return the capacity
		 */
		public static Capacity ofClaims(int claims) {
			return new Capacity("x402.store.max-claims", claims, Long.MAX_VALUE);
		}

		/**
		 * Return a capacity that measures claims.
		 * @param bytes maximum memory in bytes; less than 16 MB is 16 MB
		 * @return the capacity
		 */
		public static Capacity ofBytes(long bytes) {
			return new Capacity("x402.store.max-memory", Long.MAX_VALUE, Math.max(LEAST_BYTES, bytes));
		}

		boolean isUsedUp(long held, long memory) {
			return held >= this.claims || memory >= this.bytes;
		}

		/**
		 * Return how many claims fit that are not paid for.
		 */
		int unpaidClaims() {
			return (int) Math.min(Integer.MAX_VALUE, Math.min(this.claims, this.bytes / Unpacked.MEMORY));
		}

		@Override
		public String toString() {
			return (this.claims < Long.MAX_VALUE) ? this.property + " is " + this.claims
					: this.property + " is " + this.bytes / 1024 / 1024 + "MB";
		}

	}

}
