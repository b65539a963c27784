/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Keeps passes in the memory of one process, which forgets them when it ends. A full
 * store takes no new ones, and their payments are not settled.
 *
 * @since 0.2.0
 */
public final class InMemoryPassStore implements PassStore {

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	private final int capacity;

	private final Clock clock;

	/**
	 * Create a store.
	 * @param capacity maximum number of passes
	 * @param clock the time
	 */
	public InMemoryPassStore(int capacity, Clock clock) {
		this.capacity = capacity;
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
		this.entries.merge(pass.id(), Entry.of(pass, attempt, uses, now()),
				(known, added) -> known.openedBy(pass, attempt));
	}

	@Override
	public void forget(String id, String attempt) {
		this.entries.computeIfPresent(id, (key, entry) -> entry.isLeftBy(attempt) ? null : entry);
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
	public @Nullable PassRecord use(String id, @Nullable String tokenHash, long uses) {
		Use use = new Use(tokenHash, uses);
		this.entries.computeIfPresent(id, (key, entry) -> use.take(entry, now()));
		return read(use.after);
	}

	@Override
	public void giveBack(String id, long uses) {
		this.entries.computeIfPresent(id, (key, entry) -> entry.used(-uses, now()));
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
		this.entries.values().removeIf((entry) -> entry.forgetAt() != null && entry.forgetAt().isBefore(now));
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

		private final @Nullable String tokenHash;

		private final long count;

		private @Nullable Entry after;

		Use(@Nullable String tokenHash, long count) {
			this.tokenHash = tokenHash;
			this.count = count;
		}

		Entry take(Entry entry, Instant now) {
			if (this.tokenHash != null && !this.tokenHash.equals(entry.pass().tokenHash())) {
				return entry;
			}
			Entry started = entry.started(now);
			Long uses = entry.pass().uses();
			boolean left = uses == null || entry.used() <= uses - this.count;
			if (entry.revoked() || !left || (started.expiresAt() != null && !now.isBefore(started.expiresAt()))) {
				return entry;
			}
			this.after = started.used(this.count, now);
			return this.after;
		}

	}

	/**
	 * State of a pass.
	 */
	private record Entry(NewPass pass, String attempt, Instant preparedAt, long used, boolean started,
			@Nullable Instant expiresAt, boolean revoked, @Nullable Instant forgetAt) {

		static Entry of(NewPass pass, String attempt, long used, Instant now) {
			return new Entry(pass, attempt, now, used, false, null, false, now.plus(KEPT));
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
					this.expiresAt, this.revoked, this.forgetAt);
		}

		Entry started(Instant now) {
			if (this.started || this.revoked) {
				return this;
			}
			Duration duration = this.pass.duration();
			Instant end = (duration != null) ? now.plus(duration) : null;
			return new Entry(this.pass, this.attempt, this.preparedAt, this.used, true, end, this.revoked,
					(end != null) ? end.plus(KEPT) : null);
		}

		Entry used(long more, Instant now) {
			long after = (this.used + more >= 0) ? this.used + more : this.used;
			return new Entry(this.pass, this.attempt, this.preparedAt, after, this.started, this.expiresAt,
					this.revoked, isEndless() ? forgetAfter(after, now) : this.forgetAt);
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
					now.plus(KEPT));
		}

	}

}
