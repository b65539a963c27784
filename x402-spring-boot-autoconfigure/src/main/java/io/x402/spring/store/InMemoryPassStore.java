/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Keeps passes in the memory of one process, which forgets them when it ends. A full
 * store takes no new ones, and their payments are not settled. Operations are remembered
 * while their calls run; a store that is full of them grants no further use.
 *
 * @since 0.2.0
 */
public final class InMemoryPassStore implements PassStore {

	/** Operations take a fifth of the memory of a pass, and so together as much. */
	private static final int OPERATIONS_PER_PASS = 5;

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	private final AtomicInteger remembered = new AtomicInteger();

	private final int capacity;

	private final int maxOperations;

	private final Clock clock;

	/**
	 * Create a store.
	 * @param capacity maximum number of passes
	 * @param clock the time
	 */
	public InMemoryPassStore(int capacity, Clock clock) {
		this.capacity = capacity;
		this.maxOperations = (int) Math.min((long) capacity * OPERATIONS_PER_PASS, Integer.MAX_VALUE);
		this.clock = clock;
	}

	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		if (this.entries.size() >= this.capacity && !this.entries.containsKey(pass.id())) {
			maintain();
			if (this.entries.size() >= this.capacity) {
				throw new PaymentStoreException("The in-memory store is full of passes");
			}
		}
		this.entries.merge(pass.id(),
				Entry.of(pass, attempt, uses, now(), new Operations(this.remembered, this.maxOperations)),
				(known, added) -> known.openedBy(pass, attempt));
	}

	@Override
	public void forget(String id, String attempt) {
		this.entries.computeIfPresent(id, (key, entry) -> entry.isLeftBy(attempt) ? entry.dropped() : entry);
	}

	@Override
	public @Nullable PassRecord start(String id) {
		return read(this.entries.computeIfPresent(id, (key, entry) -> entry.started(now())));
	}

	@Override
	public @Nullable PassRecord find(String id) {
		return read(this.entries.get(id));
	}

	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		if (this.remembered.get() >= this.maxOperations) {
			throw new PaymentStoreException("The in-memory store is full of uses of passes");
		}
		Use use = new Use(operation, tokenHash);
		this.entries.computeIfPresent(operation.pass(), (key, entry) -> use.take(entry, now()));
		return read(use.after);
	}

	@Override
	public void giveBack(PassOperation operation, long uses) {
		this.entries.computeIfPresent(operation.pass(), (key, entry) -> entry.givenBack(operation, uses, now()));
	}

	@Override
	public void keep(PassOperation operation) {
		this.entries.computeIfPresent(operation.pass(), (key, entry) -> {
			entry.operations().keep(operation, now());
			return entry;
		});
	}

	@Override
	public void complete(PassOperation operation) {
		this.entries.computeIfPresent(operation.pass(), (key, entry) -> {
			entry.operations().complete(operation);
			return entry;
		});
	}

	@Override
	public boolean revoke(String id) {
		return this.entries.computeIfPresent(id, (key, entry) -> entry.revoked(now())) != null;
	}

	@Override
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		Instant now = now();
		return this.entries.values()
			.stream()
			.filter((entry) -> payer == null || payer.equalsIgnoreCase(entry.pass().paid().payer()))
			.sorted(Comparator.comparing(Entry::preparedAt).reversed())
			.limit(limit)
			.map((entry) -> entry.read(now))
			.toList();
	}

	@Override
	public List<PassRecord> usable(PassQuery query) {
		Instant now = now();
		return this.entries.values()
			.stream()
			.filter((entry) -> query.payer().equalsIgnoreCase(entry.pass().paid().payer()))
			.map((entry) -> entry.read(now))
			.filter(query::matches)
			.sorted(Comparator.comparing(PassRecord::preparedAt))
			.limit(USABLE)
			.toList();
	}

	@Override
	public void maintain() {
		Instant now = now();
		this.entries.keySet()
			.forEach((id) -> this.entries.computeIfPresent(id,
					(key, entry) -> entry.isForgotten(now) ? entry.dropped() : entry));
	}

	private Instant now() {
		return this.clock.instant();
	}

	private @Nullable PassRecord read(@Nullable Entry entry) {
		return (entry != null) ? entry.read(now()) : null;
	}

	/**
	 * One attempt to take uses.
	 */
	private static final class Use {

		private final PassOperation operation;

		private final @Nullable String tokenHash;

		private @Nullable Entry after;

		Use(PassOperation operation, @Nullable String tokenHash) {
			this.operation = operation;
			this.tokenHash = tokenHash;
		}

		Entry take(Entry entry, Instant now) {
			Operation known = entry.operations().find(this.operation, now);
			if (known != null) {
				this.after = known.hasTaken(this.operation) ? entry : null;
				return entry;
			}
			if (this.tokenHash != null && !this.tokenHash.equals(entry.pass().tokenHash())) {
				return entry;
			}
			Entry started = entry.started(now);
			Long uses = entry.pass().uses();
			boolean left = uses == null || entry.used() <= uses - this.operation.uses();
			if (entry.revoked() || !left || (started.expiresAt() != null && !now.isBefore(started.expiresAt()))) {
				return entry;
			}
			entry.operations().taken(this.operation, now);
			this.after = started.used(this.operation.uses(), now);
			return this.after;
		}

	}

	/**
	 * Operations on a pass that are remembered, the oldest first. Only steps of the pass
	 * use them, which come one after the other.
	 */
	private static final class Operations {

		private final Map<String, Operation> taken = new LinkedHashMap<>();

		private final Map<String, Operation> givenBack = new LinkedHashMap<>();

		/** Number of those of all passes. */
		private final AtomicInteger remembered;

		private final int maxRemembered;

		Operations(AtomicInteger remembered, int maxRemembered) {
			this.remembered = remembered;
			this.maxRemembered = maxRemembered;
		}

		@Nullable Operation find(PassOperation operation, Instant now) {
			forget(now);
			Operation known = this.givenBack.get(operation.id());
			return (known != null) ? known : this.taken.get(operation.id());
		}

		void taken(PassOperation operation, Instant now) {
			complete(operation);
			this.taken.put(operation.id(), new Operation(operation.uses(), now.plus(OPERATION_KEPT)));
			this.remembered.incrementAndGet();
		}

		/**
		 * What was given back matters less than what is to be.
		 */
		void givenBack(PassOperation operation, Instant now) {
			complete(operation);
			boolean room = this.remembered.get() < this.maxRemembered / 2;
			if (room && this.givenBack.put(operation.id(), new Operation(0, now.plus(GIVEN_BACK_KEPT))) == null) {
				this.remembered.incrementAndGet();
			}
		}

		void complete(PassOperation operation) {
			if (this.taken.remove(operation.id()) != null) {
				this.remembered.decrementAndGet();
			}
		}

		void keep(PassOperation operation, Instant now) {
			Operation known = find(operation, now);
			if (known != null && known.hasTaken(operation)) {
				taken(operation, now);
			}
		}

		void forget(Instant now) {
			forget(this.taken, now);
			forget(this.givenBack, now);
		}

		private void forget(Map<String, Operation> operations, Instant now) {
			Iterator<Operation> oldest = operations.values().iterator();
			while (oldest.hasNext() && oldest.next().forgetAt().isBefore(now)) {
				oldest.remove();
				this.remembered.decrementAndGet();
			}
		}

	}

	/**
	 * An operation on a pass.
	 *
	 * @param uses number of uses that it has taken, zero if it was given back
	 * @param forgetAt when it is forgotten
	 */
	private record Operation(long uses, Instant forgetAt) {

		boolean hasTaken(PassOperation operation) {
			return this.uses == operation.uses();
		}

	}

	/**
	 * State of a pass.
	 */
	private record Entry(NewPass pass, String attempt, Instant preparedAt, long used, boolean started,
			@Nullable Instant expiresAt, boolean revoked, @Nullable Instant forgetAt, Operations operations) {

		static Entry of(NewPass pass, String attempt, long used, Instant now, Operations operations) {
			return new Entry(pass, attempt, now, used, false, null, false, now.plus(KEPT), operations);
		}

		/**
		 * Return whether the time of the pass is over, after old operations were
		 * forgotten.
		 */
		boolean isForgotten(Instant now) {
			if (this.forgetAt == null || !this.forgetAt.isBefore(now)) {
				this.operations.forget(now);
				return false;
			}
			return true;
		}

		/**
		 * Nothing of the pass is kept any more, nor of its operations.
		 */
		@Nullable Entry dropped() {
			this.operations.forget(Instant.MAX);
			return null;
		}

		PassRecord read(Instant now) {
			return new PassRecord(this.pass, this.used, this.started, this.expiresAt, this.revoked, this.preparedAt,
					now);
		}

		boolean isLeftBy(String ended) {
			return !this.started && !this.revoked && this.attempt.equals(ended);
		}

		Entry openedBy(NewPass added, String by) {
			NewPass opened = new NewPass(this.pass.id(), added.tokenHash(), this.pass.paid(), this.pass.scope(),
					this.pass.duration(), this.pass.uses());
			return new Entry(opened.paidBy(added.paid().payer()), by, this.preparedAt, this.used, this.started,
					this.expiresAt, this.revoked, this.forgetAt, this.operations);
		}

		Entry started(Instant now) {
			if (this.started || this.revoked) {
				return this;
			}
			Duration duration = this.pass.duration();
			Instant end = (duration != null) ? now.plus(duration) : null;
			return new Entry(this.pass, this.attempt, this.preparedAt, this.used, true, end, this.revoked,
					(end != null) ? end.plus(KEPT) : null, this.operations);
		}

		Entry used(long more, Instant now) {
			long after = (this.used + more >= 0) ? this.used + more : this.used;
			return new Entry(this.pass, this.attempt, this.preparedAt, after, this.started, this.expiresAt,
					this.revoked, isEndless() ? forgetAfter(after, now) : this.forgetAt, this.operations);
		}

		Entry givenBack(PassOperation operation, long uses, Instant now) {
			Operation known = this.operations.find(operation, now);
			if (known != null && !known.hasTaken(operation)) {
				return this;
			}
			this.operations.givenBack(operation, now);
			return (known != null) ? used(-operation.part(uses), now) : this;
		}

		private boolean isEndless() {
			return this.expiresAt == null && !this.revoked;
		}

		private @Nullable Instant forgetAfter(long uses, Instant now) {
			Long limit = this.pass.uses();
			return (limit != null && uses >= limit) ? now.plus(KEPT) : null;
		}

		Entry revoked(Instant now) {
			return new Entry(this.pass, this.attempt, this.preparedAt, this.used, this.started, this.expiresAt, true,
					now.plus(KEPT), this.operations);
		}

	}

}
