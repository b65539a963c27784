/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.PayerTotal;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.util.StringUtils;

/**
 * Lets the server read the entries of a partition and return sums, or the few entries
 * that are looked for. Reads in steps, so that others do not wait.
 */
final class StreamScan {

	private static final RedisScript<?> TOTALS = RedisScripts.load("totals", List.class);

	private static final RedisScript<?> SELECT = RedisScripts.load("select", List.class);

	private static final int STEP = 2000;

	private static final int MAX_VALUES = 500;

	private static final String BEGIN = "-";

	private static final String END = "+";

	private static final List<String> UNSETTLED = Arrays.stream(LedgerEvent.values())
		.filter(LedgerEvent::isUnsettled)
		.map(LedgerEvent::name)
		.toList();

	/** Position of the first amount in a sum. */
	private static final int LIMBS = 6;

	private static final BigInteger LIMB = BigInteger.TEN.pow(7);

	private final RedisScripts scripts;

	private final RedisPartition partition;

	StreamScan(RedisScripts scripts, RedisPartition partition) {
		this.scripts = scripts;
		this.partition = partition;
	}

	/**
	 * Add up entries.
	 * @param from first time, in milliseconds since the epoch
	 * @param to last time, in milliseconds since the epoch, or {@code null}
	 * @return sums, of which several may be of the same kind
	 */
	List<LedgerTotal> totals(long from, @Nullable Long to) {
		List<LedgerTotal> totals = new ArrayList<>();
		if (to == null || to >= from) {
			read(TOTALS, String.valueOf(from), (to != null) ? to.toString() : END, List.of(), (sum) -> {
				List<String> texts = ((List<?>) sum).stream().map(RedisScripts::text).toList();
				if (StreamedEntry.isCurrent(Map.of("event", texts.get(0)))) {
					totals.add(total(texts));
				}
			});
		}
		return totals;
	}

	/**
	 * Add up what was settled by payer.
	 * @param from first time, in milliseconds since the epoch
	 * @return sums, of which several may be of the same payer
	 */
	List<PayerTotal> payers(long from) {
		List<PayerTotal> payers = new ArrayList<>();
		read(TOTALS, String.valueOf(from), END, List.of("payer"), (sum) -> {
			LedgerTotal total = total(((List<?>) sum).stream().map(RedisScripts::text).toList());
			payers.add(new PayerTotal(total.route(), total.network(), total.asset(), total.count(), total.amount()));
		});
		return payers;
	}

	private static LedgerTotal total(List<String> sum) {
		BigInteger amount = BigInteger.ZERO;
		for (int i = sum.size() - 1; i >= LIMBS; i--) {
			amount = amount.multiply(LIMB).add(new BigInteger(sum.get(i)));
		}
		return new LedgerTotal(LedgerEvent.valueOf(sum.get(0)), sum.get(1), sum.get(2), sum.get(3),
				StringUtils.hasLength(sum.get(4)) ? sum.get(4) : null, Long.parseLong(sum.get(5)), amount);
	}

	/**
	 * Find sales of which it is not known whether the money moved.
	 * @return the sales
	 */
	Collection<UnsettledSale> unsettled() {
		Map<String, UnsettledSale> sales = new LinkedHashMap<>();
		select(BEGIN, "event", UNSETTLED, (entry) -> follow(sales, entry));
		List<UnsettledSale> known = List.copyOf(sales.values());
		for (int i = 0; i < known.size(); i += MAX_VALUES) {
			List<UnsettledSale> some = known.subList(i, Math.min(known.size(), i + MAX_VALUES));
			long first = some.stream().mapToLong((sale) -> sale.since().toEpochMilli()).min().orElse(0);
			select(String.valueOf(first), "purchase", some.stream().map((sale) -> sale.entry().sale()).toList(),
					(entry) -> settle(sales, entry));
		}
		return sales.values();
	}

	private static void follow(Map<String, UnsettledSale> sales, LedgerEntry entry) {
		UnsettledSale before = sales.remove(entry.sale());
		sales.put(entry.sale(), new UnsettledSale(entry, (before != null) ? before.since() : entry.time()));
	}

	private static void settle(Map<String, UnsettledSale> sales, LedgerEntry entry) {
		UnsettledSale sale = sales.get(entry.sale());
		if (sale != null && entry.id().compareTo(sale.entry().id()) > 0) {
			sales.remove(entry.sale());
		}
	}

	private void select(String first, String field, List<String> values, Consumer<LedgerEntry> found) {
		List<String> arguments = new ArrayList<>(List.of(field));
		arguments.addAll(values);
		read(SELECT, first, END, arguments, (entry) -> {
			List<?> parts = (List<?>) entry;
			found.accept(StreamedEntry.read(this.partition, RedisScripts.text(parts.get(0)),
					RedisScripts.map(parts.get(1))));
		});
	}

	private void read(RedisScript<?> script, String first, String last, List<String> more, Consumer<Object> part) {
		String start = first;
		long count;
		do {
			List<Object> arguments = new ArrayList<>(List.of(start, last, STEP));
			arguments.addAll(more);
			List<?> result = this.scripts.list(script, List.of(this.partition.ledger()), arguments.toArray());
			count = Long.parseLong(RedisScripts.text(result.get(0)));
			result.subList(2, result.size()).forEach(part);
			start = (count > 0)
					? StreamedEntry.Id.of(this.partition, RedisScripts.text(result.get(1))).next(this.partition)
					: start;
		}
		while (count == STEP);
	}

}
