/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.Limit;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.RecordId;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads the entries of one partition that fit a query, in order. What does not fit is
 * read too, in chunks that get larger.
 */
final class PartitionReader {

	private static final int MIN_CHUNK = 10;

	private static final int MAX_CHUNK = 1000;

	private final StringRedisTemplate redis;

	private final RedisPartition partition;

	private final LedgerQuery query;

	private final String end;

	private final Deque<LedgerEntry> found = new ArrayDeque<>();

	private @Nullable String start;

	private int chunk;

	/**
	 * Create a reader.
	 * @param redis the connection
	 * @param partition the partition
	 * @param query what to look for
	 * @param start first id of the stream to read
	 * @param end last time to read, in milliseconds since the epoch
	 */
	PartitionReader(StringRedisTemplate redis, RedisPartition partition, LedgerQuery query, String start, long end) {
		this.redis = redis;
		this.partition = partition;
		this.query = query;
		this.start = start;
		this.end = String.valueOf(end);
		this.chunk = Math.max(MIN_CHUNK, query.limit() / RedisPartition.ALL.size());
	}

	/**
	 * Return the next entry, which stays the next until it is removed.
	 * @return the entry, or {@code null} at the end
	 */
	@Nullable LedgerEntry next() {
		while (this.found.isEmpty() && this.start != null) {
			read(this.start);
		}
		return this.found.peek();
	}

	LedgerEntry remove() {
		return this.found.remove();
	}

	/**
	 * Return the id of the next entry, which there must be.
	 * @return the id
	 */
	String id() {
		return this.found.element().id();
	}

	/**
	 * Read the last entries that fit, newest first, instead of all.
	 * @return at most as many as the limit of the query
	 */
	List<LedgerEntry> latest() {
		String first = Objects.requireNonNull(this.start, "No start");
		String last = this.end;
		List<MapRecord<String, Object, Object>> records;
		int read;
		do {
			read = this.chunk;
			records = this.redis.opsForStream()
				.reverseRange(this.partition.ledger(), Range.closed(first, last), Limit.limit().count(read));
			records = (records != null) ? records : List.of();
			records.forEach(this::add);
			this.chunk = Math.min(read * 2, MAX_CHUNK);
			last = records.isEmpty() ? last : before(records.get(records.size() - 1).getId());
		}
		while (records.size() == read && this.found.size() < this.query.limit());
		return this.found.stream().limit(this.query.limit()).toList();
	}

	private static String before(RecordId id) {
		long millis = Objects.requireNonNull(id.getTimestamp(), "No time");
		long sequence = Objects.requireNonNull(id.getSequence(), "No sequence");
		return (sequence > 0) ? millis + "-" + (sequence - 1) : String.valueOf(millis - 1);
	}

	private void read(String start) {
		List<MapRecord<String, Object, Object>> records = this.redis.opsForStream()
			.range(this.partition.ledger(), Range.closed(start, this.end), Limit.limit().count(this.chunk));
		int count = (records != null) ? records.size() : 0;
		for (int i = 0; i < count; i++) {
			add(records.get(i));
		}
		this.start = (records != null && count == this.chunk)
				? StreamedEntry.Id.of(this.partition, records.get(count - 1).getId().getValue()).next(this.partition)
				: null;
		this.chunk = Math.min(this.chunk * 2, MAX_CHUNK);
	}

	private void add(MapRecord<String, Object, Object> record) {
		Map<String, String> fields = new HashMap<>();
		record.getValue().forEach((name, value) -> fields.put(name.toString(), value.toString()));
		if (StreamedEntry.isCurrent(fields)) {
			LedgerEntry entry = StreamedEntry.read(this.partition, record.getId().getValue(), fields);
			if (this.query.matches(entry)) {
				this.found.add(entry);
			}
		}
	}

}
