/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.x402.spring.store.Claim;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * How an entry of the ledger is kept in a stream of Redis. Every entry has the same names
 * in the same order, which a stream keeps only once; only the few with a note have one
 * more.
 */
final class StreamedEntry {

	private static final Pattern ID = Pattern.compile("([0-9]{15})-([0-9]{12})-([0-9a-f])");

	/** Written at the claim by earlier versions, which tells nothing about money. */
	private static final String FORMER_EVENT = "REQUIRED";

	private StreamedEntry() {
	}

	/**
	 * Return what a script writes into the ledger.
	 * @param event what happened
	 * @param claim the claim after the step
	 * @param transaction hash of a transaction, or {@code null}
	 * @param reason reason code, or {@code null}
	 * @param note who made this known by hand and why, or {@code null}
	 * @return whether it is to be handed over, and names and values; nothing for a claim
	 * that is not about money
	 */
	static List<String> write(@Nullable LedgerEvent event, Claim claim, @Nullable String transaction,
			@Nullable String reason, @Nullable String note) {
		Sale sale = claim.sale();
		if (event == null || sale == null) {
			return List.of();
		}
		return write(LedgerEntry.of("", Instant.EPOCH, event, claim, sale, transaction, reason).noted(note));
	}

	/**
	 * Return what a script writes into the ledger.
	 * @param entry the entry
	 * @return whether it is to be handed over, and names and values
	 */
	static List<String> write(LedgerEntry entry) {
		List<String> written = List.of(entry.event().isOutcome() ? "1" : "0", "event", entry.event().name(), "purchase",
				entry.sale(), "route", entry.route(), "network", entry.network(), "scheme", entry.scheme(), "asset",
				entry.asset(), "amount", entry.amount().toString(), "payTo", entry.payTo(), "payer",
				text(entry.payer()), "transaction", text(entry.transaction()), "reason", text(entry.reason()));
		return (entry.note() != null) ? Stream.concat(written.stream(), Stream.of("note", entry.note())).toList()
				: written;
	}

	private static String text(@Nullable String value) {
		return Objects.requireNonNullElse(value, "");
	}

	/**
	 * Return whether an entry is one of those that are still written.
	 * @param fields names and values
	 * @return {@code false} for one that is to be left out
	 */
	static boolean isCurrent(Map<String, String> fields) {
		return !FORMER_EVENT.equals(fields.get("event"));
	}

	/**
	 * Read an entry.
	 * @param partition where it is
	 * @param streamId its id in the stream
	 * @param fields names and values
	 * @return the entry
	 */
	static LedgerEntry read(RedisPartition partition, String streamId, Map<String, String> fields) {
		Id id = Id.of(partition, streamId);
		return new LedgerEntry(id.toString(), Instant.ofEpochMilli(id.millis()),
				LedgerEvent.valueOf(value(fields, "event")), value(fields, "purchase"), value(fields, "route"),
				value(fields, "network"), value(fields, "scheme"), value(fields, "asset"),
				new BigInteger(value(fields, "amount")), value(fields, "payTo"), nullable(fields, "payer"),
				nullable(fields, "transaction"), nullable(fields, "reason"), nullable(fields, "note"));
	}

	private static String value(Map<String, String> fields, String name) {
		return text(fields.get(name));
	}

	private static @Nullable String nullable(Map<String, String> fields, String name) {
		return StringUtils.hasLength(fields.get(name)) ? fields.get(name) : null;
	}

	/**
	 * Identity of an entry. As text it sorts by time, then by partition.
	 *
	 * @param millis time of writing
	 * @param sequence tells entries of the same time and partition apart
	 * @param partition where it is
	 */
	record Id(long millis, long sequence, RedisPartition partition) {

		static Id of(RedisPartition partition, String streamId) {
			int dash = streamId.indexOf('-');
			return new Id(Long.parseLong(streamId.substring(0, dash)), Long.parseLong(streamId.substring(dash + 1)),
					partition);
		}

		static Id parse(String text) {
			Matcher matcher = ID.matcher(text);
			if (!matcher.matches()) {
				throw new IllegalArgumentException("Not the id of an entry of this ledger");
			}
			return new Id(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
					RedisPartition.of(matcher.group(3)));
		}

		/**
		 * Return the first id of a stream that comes after this one.
		 * @param other whose stream
		 * @return id in that stream
		 */
		String next(RedisPartition other) {
			boolean later = other.digit().compareTo(this.partition.digit()) > 0;
			return this.millis + "-" + (later ? this.sequence : this.sequence + 1);
		}

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%015d-%012d-%s", this.millis, this.sequence, this.partition.digit());
		}

	}

}
