/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.x402.spring.money.Networks;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the console shows of sales.
 */
final class SalesFigures {

	private static final int UNSETTLED = 100;

	private static final int PAYERS = 50;

	private static final int PASSES = 100;

	private final PaymentLedger ledger;

	private final @Nullable PaymentStore store;

	private final @Nullable PassStore passes;

	private final Networks networks;

	/**
	 * Create figures.
	 * @param ledger the ledger
	 * @param store knows when outcomes that are unknown are asked about, or {@code null}
	 * @param passes keeps passes and balances, or {@code null}
	 * @param networks the known networks
	 */
	SalesFigures(PaymentLedger ledger, @Nullable PaymentStore store, @Nullable PassStore passes, Networks networks) {
		this.ledger = ledger;
		this.store = store;
		this.passes = passes;
		this.networks = networks;
	}

	/**
	 * Read the figures of a period.
	 * @param now end of the period
	 * @param period the period, or {@code null} for the whole ledger
	 * @param query which entries to show beside the figures
	 * @return the figures
	 */
	ConsoleFigures of(Instant now, @Nullable ConsolePeriod period, LedgerQuery query) {
		List<ConsoleFigures.Slot> slots = (period != null) ? slots(now, period) : List.of();
		List<LedgerTotal> totals = (period != null)
				? LedgerTotal.sum(slots.stream().flatMap((slot) -> slot.totals().stream()).toList())
				: this.ledger.totals(null, null);
		return new ConsoleFigures(now, query.from(), ConsoleFigures.revenue(totals, this.networks),
				slots.stream().map((slot) -> ConsoleFigures.SoldInSlot.of(slot, this.networks)).toList(),
				ConsoleFigures.routes(totals, this.networks), ConsoleFigures.events(totals),
				ConsoleFigures.refusals(totals), unsettled(now),
				this.ledger.latest(query)
					.stream()
					.map((entry) -> ConsoleFigures.Entry.of(entry, this.networks))
					.toList());
	}

	/**
	 * Read what those paid who bought most often in a period.
	 * @param from start of the period, or {@code null} for the whole ledger
	 * @return the sums
	 */
	List<ConsoleFigures.PayerRevenue> payers(@Nullable Instant from) {
		return this.ledger.payers(from, PAYERS)
			.stream()
			.map((total) -> ConsoleFigures.PayerRevenue.of(total, this.networks))
			.toList();
	}

	/**
	 * Read the passes and balances that were sold last.
	 * @param payer address of the buyer, or {@code null} for all buyers
	 * @return the passes, newest first
	 */
	List<ConsoleFigures.SoldPass> passes(@Nullable String payer) {
		return (this.passes == null) ? List.of()
				: this.passes.latest(payer, PASSES)
					.stream()
					.map((pass) -> ConsoleFigures.SoldPass.of(pass, this.networks))
					.toList();
	}

	private List<ConsoleFigures.Unsettled> unsettled(Instant now) {
		List<UnsettledSale> unsettled = this.ledger.unsettled(UNSETTLED);
		Map<String, Instant> looks = (this.store != null)
				? this.store.nextLooks(unsettled.stream().map((sale) -> sale.entry().sale()).toList()) : Map.of();
		return unsettled.stream()
			.map((sale) -> ConsoleFigures.Unsettled.of(sale, looks.get(sale.entry().sale()), this.networks, now))
			.toList();
	}

	/**
	 * Parts of a period without a gap, so that each entry is counted once.
	 */
	private List<ConsoleFigures.Slot> slots(Instant now, ConsolePeriod period) {
		Instant start = now.minus(period.length());
		Duration step = period.length().dividedBy(period.slots());
		List<List<LedgerTotal>> totals = this.ledger.totals(start, step, period.slots());
		return IntStream.range(0, period.slots()).mapToObj((place) -> {
			Instant from = start.plus(step.multipliedBy(place));
			return new ConsoleFigures.Slot(from, from.plus(step), totals.get(place));
		}).toList();
	}

}
