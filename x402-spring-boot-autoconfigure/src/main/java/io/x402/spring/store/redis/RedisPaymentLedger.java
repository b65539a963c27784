/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.PayerTotal;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The ledger that a {@link RedisPaymentStore} writes: a stream for each partition of the
 * claims.
 * <p>
 * A search reads every entry of the time range that it names, whatever else it looks for;
 * without a time range those are all entries. Entries show up in the order of their ids:
 * in a cluster, where the clocks of nodes differ, after the slowest clock has passed
 * their time.
 */
final class RedisPaymentLedger implements PaymentLedger {

	private static final RedisScript<Long> TIME = RedisScripts.load("time", Long.class);

	private static final RedisScript<?> OUTCOME = RedisScripts.load("outcome", List.class);

	/** What a subscriber may take for one entry. */
	private static final Duration HOLD = Duration.ofMinutes(1);

	private static final int CLOCK_ATTEMPTS = 50;

	private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

	private final StringRedisTemplate redis;

	private final RedisScripts scripts;

	private final Duration hold;

	private final AtomicInteger rounds = new AtomicInteger();

	/**
	 * Create a ledger.
	 * @param redis the connection, whose timeout limits how long a step waits
	 */
	RedisPaymentLedger(StringRedisTemplate redis) {
		this(redis, HOLD);
	}

	RedisPaymentLedger(StringRedisTemplate redis, Duration hold) {
		this.redis = redis;
		this.scripts = new RedisScripts(redis);
		this.hold = hold;
	}

	@Override
	public void write(LedgerEntry entry) {
		List<String> written = StreamedEntry.write(entry);
		Map<String, String> fields = new LinkedHashMap<>();
		for (int i = 1; i + 1 < written.size(); i += 2) {
			fields.put(written.get(i), written.get(i + 1));
		}
		String stream = RedisPartition.of(entry.sale()).ledger();
		RedisScripts.execute(() -> this.redis.<String, String>opsForStream().add(stream, fields));
	}

	/**
	 * {@inheritDoc}
	 * @throws IllegalArgumentException if the query goes on after an id that is not one
	 * of this ledger
	 */
	@Override
	public List<LedgerEntry> find(LedgerQuery query) {
		StreamedEntry.Id after = (query.after() != null) ? StreamedEntry.Id.parse(query.after()) : null;
		return RedisScripts.execute(() -> merge(query, readers(query, after)));
	}

	private PriorityQueue<PartitionReader> readers(LedgerQuery query, StreamedEntry.@Nullable Id after) {
		long end = complete();
		if (query.to() != null) {
			end = Math.min(end, Math.max(millis(query.to()), 1));
		}
		PriorityQueue<PartitionReader> readers = new PriorityQueue<>(Comparator.comparing(PartitionReader::id));
		for (RedisPartition partition : RedisPartition.ALL) {
			String start = start(query, after, partition);
			PartitionReader reader = new PartitionReader(this.redis, partition, query, start, end - 1);
			if (reader.next() != null) {
				readers.add(reader);
			}
		}
		return readers;
	}

	private static String start(LedgerQuery query, StreamedEntry.@Nullable Id after, RedisPartition partition) {
		long from = (query.from() != null) ? millis(query.from()) : 0;
		return (after != null && after.millis() >= from) ? after.next(partition) : String.valueOf(from);
	}

	private static List<LedgerEntry> merge(LedgerQuery query, PriorityQueue<PartitionReader> readers) {
		List<LedgerEntry> entries = new ArrayList<>();
		while (entries.size() < query.limit() && !readers.isEmpty()) {
			PartitionReader first = readers.remove();
			entries.add(first.remove());
			if (first.next() != null) {
				readers.add(first);
			}
		}
		return entries;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Entries that are just being written into another partition may be missing.
	 */
	@Override
	public List<LedgerEntry> latest(LedgerQuery query) {
		long from = (query.from() != null) ? millis(query.from()) : 0;
		long end = (query.to() != null) ? Math.max(millis(query.to()), 1) : Long.MAX_VALUE;
		return RedisScripts.execute(() -> RedisPartition.ALL.stream()
			.flatMap((partition) -> new PartitionReader(this.redis, partition, query.fromTheStart(),
					String.valueOf(from), end - 1)
				.latest()
				.stream())
			.sorted(Comparator.comparing(LedgerEntry::id).reversed())
			.limit(query.limit())
			.toList());
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * The server reads all entries of the period, in short steps.
	 */
	@Override
	public List<LedgerTotal> totals(@Nullable Instant from, @Nullable Instant to) {
		long start = (from != null) ? millis(from) : 0;
		Long end = (to != null) ? millis(to) - 1 : null;
		return RedisScripts.execute(() -> LedgerTotal.sum(RedisPartition.ALL.stream()
			.flatMap((partition) -> new StreamScan(this.scripts, partition).totals(start, end).stream())
			.toList()));
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * The server reads all entries of the period, in short steps; this process adds up
	 * what the steps return for each payer.
	 */
	@Override
	public List<PayerTotal> payers(@Nullable Instant from, int limit) {
		long start = (from != null) ? millis(from) : 0;
		return RedisScripts
			.execute(() -> PayerTotal.most(
					RedisPartition.ALL.stream()
						.flatMap((partition) -> new StreamScan(this.scripts, partition).payers(start).stream()),
					limit));
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * The server reads all entries, in short steps.
	 */
	@Override
	public List<UnsettledSale> unsettled(int limit) {
		return RedisScripts.execute(() -> RedisPartition.ALL.stream()
			.flatMap((partition) -> new StreamScan(this.scripts, partition).unsettled().stream())
			.sorted(Comparator.comparing((sale) -> sale.entry().id()))
			.limit(limit)
			.toList());
	}

	/**
	 * Find a time before which nothing will be written any more and everything can be
	 * read. Otherwise a reader that goes on after the last entry it knows could miss one
	 * that was just being written into another partition.
	 * @return milliseconds since the epoch
	 */
	private long complete() {
		long begun = clocks().getMax();
		long slowest = clocks().getMin();
		for (int i = 0; slowest <= begun && i < CLOCK_ATTEMPTS; i++) {
			pause();
			slowest = clocks().getMin();
		}
		return slowest;
	}

	private LongSummaryStatistics clocks() {
		return RedisPartition.ALL.stream()
			.mapToLong((partition) -> Objects.requireNonNull(this.scripts.run(TIME, List.of(partition.ledger())),
					"No time"))
			.summaryStatistics();
	}

	private static void pause() {
		try {
			Thread.sleep(1);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new PaymentStoreException("Interrupted", ex);
		}
	}

	/**
	 * The first whole millisecond that is not before a time.
	 */
	private static long millis(Instant time) {
		Instant bounded = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(LAST) ? LAST : time;
		return bounded.plusNanos(999_999).toEpochMilli();
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * What a dead instance had taken is handed over again after a minute. So is an entry
	 * whose subscriber takes longer than that.
	 */
	@Override
	public int publish(int limit, Consumer<LedgerEntry> subscriber) {
		int first = this.rounds.getAndIncrement();
		int published = 0;
		for (int i = 0; i < RedisPartition.ALL.size(); i++) {
			RedisPartition partition = RedisPartition.ALL.get(Math.floorMod(first + i, RedisPartition.ALL.size()));
			while (published < limit && publish(partition, subscriber)) {
				published++;
			}
		}
		return published;
	}

	private boolean publish(RedisPartition partition, Consumer<LedgerEntry> subscriber) {
		List<?> outcome = RedisScripts.execute(() -> this.scripts.list(OUTCOME,
				List.of(partition.ledger(), partition.outbox()), this.hold.toMillis()));
		if (outcome.isEmpty()) {
			return false;
		}
		String id = RedisScripts.text(outcome.get(0));
		LedgerEntry entry = RedisScripts
			.execute(() -> StreamedEntry.read(partition, id, RedisScripts.map(outcome.get(1))));
		try {
			subscriber.accept(entry);
		}
		catch (RuntimeException | Error ex) {
			giveBack(partition, id, entry, ex);
			throw ex;
		}
		RedisScripts.execute(() -> this.redis.opsForZSet().remove(partition.outbox(), id));
		return true;
	}

	private void giveBack(RedisPartition partition, String id, LedgerEntry entry, Throwable cause) {
		try {
			RedisScripts.execute(
					() -> this.redis.opsForZSet().add(partition.outbox(), id, (double) entry.time().toEpochMilli()));
		}
		catch (PaymentStoreException ex) {
			cause.addSuppressed(ex);
		}
	}

}
