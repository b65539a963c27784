package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims in the memory of one process. A full store refuses new claims; it never
 * forgets one before its time, because that would let a payment be used twice. Answers
 * are forgotten earlier if they take too much memory.
 */
public final class InMemoryPaymentStore implements PaymentStore {

	private static final long DEFAULT_ANSWER_BYTES = 64 * 1024 * 1024;

	private static final int DEFAULT_LEDGER = 10_000;

	private static final byte[] NOT_KEPT = {};

	private final Cache<ClaimKey, Entry> entries;

	private final Cache<Transaction, ClaimKey> transactions;

	private final Cache<String, byte[]> answers;

	private final Set<ClaimKey> unsettled = ConcurrentHashMap.newKeySet();

	private final int capacity;

	private final InMemoryPaymentLedger ledger;

	private final Clock clock;

	/**
	 * Create a store with answers of 64 MB at most and books of its own.
	 * @param capacity how many claims it holds at most
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, Clock clock) {
		this(capacity, DEFAULT_ANSWER_BYTES, new InMemoryPaymentLedger(DEFAULT_LEDGER, clock), clock);
	}

	/**
	 * Create a store.
	 * @param capacity how many claims it holds at most
	 * @param answerBytes how much memory the answers of settled claims take at most, in
	 * bytes
	 * @param ledger the books it writes
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, long answerBytes, InMemoryPaymentLedger ledger, Clock clock) {
		this.capacity = capacity;
		this.ledger = ledger;
		this.clock = clock;
		this.entries = Caffeine.newBuilder()
			.expireAfter(Expiry.creating((ClaimKey key, Entry entry) -> until(entry.claim().expiresAt())))
			.build();
		this.transactions = Caffeine.newBuilder()
			.expireAfter(Expiry.creating((Transaction transaction, ClaimKey key) -> remaining(key)))
			.build();
		this.answers = Caffeine.newBuilder()
			.maximumWeight(answerBytes)
			.weigher((String owner, byte[] answer) -> answer.length)
			.build();
	}

	@Override
	public @Nullable Claim claim(NewClaim request) {
		if (this.entries.getIfPresent(request.key()) != null) {
			return null;
		}
		makeRoom();
		Claim claim = request.by(UUID.randomUUID().toString());
		Entry entry = new Entry(claim, null, null, null, false);
		if (this.entries.asMap().putIfAbsent(request.key(), entry) != null) {
			return null;
		}
		this.ledger.write(LedgerEvent.REQUIRED, claim, null, null);
		return claim;
	}

	private void makeRoom() {
		if (this.entries.estimatedSize() >= this.capacity) {
			this.entries.cleanUp();
			if (this.entries.estimatedSize() >= this.capacity) {
				throw new PaymentStoreException("The in-memory store is full with " + this.capacity + " claims");
			}
		}
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		Entry entry = this.entries.getIfPresent(key);
		return (entry != null) ? entry.claimAt(this.clock.instant()) : null;
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		if (change.next() == ClaimState.SETTLED && change.receipt() != null) {
			bind(claim, change.receipt());
		}
		Claim advanced = replace(claim, change).claim();
		keep(advanced, change);
		if (change.event() != null) {
			this.ledger.write(change.event(), advanced, change.transaction(), change.reason());
		}
		return advanced;
	}

	private void bind(Claim claim, SettlementResponse receipt) {
		if (receipt.transactionOrNull() == null) {
			return;
		}
		ClaimKey settled = this.transactions.asMap()
			.putIfAbsent(new Transaction(claim.key().network(), receipt.transaction()), claim.key());
		if (settled != null && !settled.equals(claim.key())) {
			throw new DuplicateTransactionException();
		}
	}

	private Entry replace(Claim claim, ClaimChange change) {
		Entry entry = this.entries.getIfPresent(claim.key());
		if (entry == null || !entry.isAt(claim)) {
			throw new StaleClaimException();
		}
		Entry changed = entry.changed(change, this.clock.instant());
		if (!this.entries.asMap().replace(claim.key(), entry, changed)) {
			throw new StaleClaimException();
		}
		return changed;
	}

	private void keep(Claim claim, ClaimChange change) {
		if (change.answer() != null && change.answer().length > 0) {
			this.answers.put(claim.owner(), change.answer());
		}
		else if (change.answer() != null || change.forgetsAnswer()) {
			this.answers.invalidate(claim.owner());
		}
		if (change.retryIn() != null) {
			this.unsettled.add(claim.key());
		}
		else {
			this.unsettled.remove(claim.key());
		}
	}

	@Override
	public void release(Claim claim, String reason) {
		Entry entry = this.entries.getIfPresent(claim.key());
		if (entry != null && entry.isAt(claim) && this.entries.asMap().remove(claim.key(), entry)) {
			this.answers.invalidate(claim.owner());
			this.ledger.write(LedgerEvent.RELEASED, claim, null, reason);
		}
	}

	@Override
	public byte @Nullable [] answer(Claim claim) {
		Entry entry = this.entries.getIfPresent(claim.key());
		if (entry == null || !entry.claim().owner().equals(claim.owner()) || !entry.isKept(this.clock.instant())) {
			return null;
		}
		byte[] answer = this.answers.getIfPresent(claim.owner());
		return (answer != null) ? answer : NOT_KEPT;
	}

	@Override
	public void redelivered(Claim claim) {
		this.ledger.write(LedgerEvent.REDELIVERED, claim, null, null);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		Instant now = this.clock.instant();
		this.unsettled.removeIf((key) -> this.entries.getIfPresent(key) == null);
		List<Entry> due = this.unsettled.stream()
			.map(this.entries::getIfPresent)
			.filter((entry) -> entry != null && entry.isDue(now))
			.map(Objects::requireNonNull)
			.sorted(Comparator.comparing(Entry::due))
			.limit(limit)
			.toList();
		List<UnsettledClaim> taken = new ArrayList<>();
		for (Entry entry : due) {
			Entry held = entry.held(now.plus(hold));
			if (held.request() != null && this.entries.asMap().replace(entry.claim().key(), entry, held)) {
				taken.add(new UnsettledClaim(held.claim(), held.request()));
			}
		}
		return taken;
	}

	private Duration remaining(ClaimKey key) {
		Entry entry = this.entries.getIfPresent(key);
		return (entry != null) ? until(entry.claim().expiresAt()) : Duration.ZERO;
	}

	private Duration until(Instant end) {
		Duration remaining = Duration.between(this.clock.instant(), end);
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

	private record Transaction(String network, String hash) {

	}

	/**
	 * A claim with what is kept beside it.
	 *
	 * @param claim the claim
	 * @param request what to ask again
	 * @param dueAt when to ask again
	 * @param deliverableUntil end of redelivery
	 * @param answered whether an answer was recorded
	 */
	private record Entry(Claim claim, byte @Nullable [] request, @Nullable Instant dueAt,
			@Nullable Instant deliverableUntil, boolean answered) {

		boolean isAt(Claim other) {
			return this.claim.owner().equals(other.owner()) && this.claim.version() == other.version();
		}

		Entry changed(ClaimChange change, Instant now) {
			byte[] kept = (change.request() != null) ? change.request() : this.request;
			return new Entry(this.claim.changed(change), change.forgetsRequest() ? null : kept,
					(change.retryIn() != null) ? now.plus(change.retryIn()) : null,
					(change.deliverableFor() != null) ? now.plus(change.deliverableFor()) : this.deliverableUntil,
					(this.answered || change.answer() != null) && !change.forgetsAnswer());
		}

		Claim claimAt(Instant now) {
			boolean deliverable = this.deliverableUntil != null && now.isBefore(this.deliverableUntil);
			return this.claim.deliverable(deliverable);
		}

		boolean isKept(Instant now) {
			return this.answered && (this.claim.state() != ClaimState.SETTLED || claimAt(now).deliverable());
		}

		Instant due() {
			return (this.dueAt != null) ? this.dueAt : Instant.MAX;
		}

		boolean isDue(Instant now) {
			return this.dueAt != null && this.request != null && !now.isBefore(this.dueAt);
		}

		Entry held(Instant until) {
			return new Entry(this.claim.taken(), this.request, until, this.deliverableUntil, this.answered);
		}

	}

}
