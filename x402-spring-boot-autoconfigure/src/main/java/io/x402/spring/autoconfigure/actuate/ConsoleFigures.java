/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PayerTotal;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;

/**
 * What the console shows of a period. Every figure is a sum of ledger entries.
 *
 * @param time when it was read
 * @param from start of the period, or {@code null} for the whole ledger
 * @param revenue what was settled, by network and token
 * @param slots what was settled in each part of the period, the oldest first; empty for
 * the whole ledger
 * @param routes what was settled, by route, network and token
 * @param events number of entries by what they tell
 * @param refusals number of payments that were not charged, by event and reason
 * @param unsettled sales with an unknown outcome, of all times
 * @param entries the last entries, newest first
 */
record ConsoleFigures(Instant time, @Nullable Instant from, List<Revenue> revenue, List<SoldInSlot> slots,
		List<RouteRevenue> routes, List<EventCount> events, List<Refusal> refusals, List<Unsettled> unsettled,
		List<Entry> entries) {

	/** Ends of payments that charged nothing. */
	private static final List<LedgerEvent> UNCHARGED = List.of(LedgerEvent.DECLINED, LedgerEvent.RELEASED,
			LedgerEvent.ABANDONED);

	static List<Revenue> revenue(List<LedgerTotal> totals, Networks networks) {
		return sums(totals, (total) -> List.of(total.network(), total.asset())).stream()
			.map((sum) -> Revenue.of(sum, networks))
			.sorted(Comparator.comparing(Revenue::count).reversed())
			.toList();
	}

	static List<RouteRevenue> routes(List<LedgerTotal> totals, Networks networks) {
		return sums(totals, (total) -> List.of(total.route(), total.network(), total.asset())).stream()
			.map((sum) -> new RouteRevenue(sum.route(), Revenue.of(sum, networks)))
			.sorted(Comparator.comparing((RouteRevenue route) -> route.revenue().count()).reversed())
			.toList();
	}

	private static List<LedgerTotal> sums(List<LedgerTotal> totals, Function<LedgerTotal, List<String>> kind) {
		Map<List<String>, LedgerTotal> sums = totals.stream()
			.filter((total) -> total.event() == LedgerEvent.SETTLED)
			.collect(Collectors.toMap(kind, Function.identity(), ConsoleFigures::sum, LinkedHashMap::new));
		return List.copyOf(sums.values());
	}

	private static LedgerTotal sum(LedgerTotal one, LedgerTotal other) {
		return new LedgerTotal(one.event(), one.route(), one.network(), one.asset(), one.reason(),
				one.count() + other.count(), one.amount().add(other.amount()));
	}

	static List<EventCount> events(List<LedgerTotal> totals) {
		return totals.stream()
			.collect(Collectors.groupingBy(LedgerTotal::event, Collectors.summingLong(LedgerTotal::count)))
			.entrySet()
			.stream()
			.map((count) -> new EventCount(count.getKey(), count.getValue()))
			.sorted(Comparator.comparing(EventCount::event))
			.toList();
	}

	static List<Refusal> refusals(List<LedgerTotal> totals) {
		return totals.stream()
			.filter((total) -> UNCHARGED.contains(total.event()))
			.collect(Collectors.groupingBy((total) -> new Refusal(total.event(), total.reason(), 0),
					Collectors.summingLong(LedgerTotal::count)))
			.entrySet()
			.stream()
			.map((count) -> new Refusal(count.getKey().event(), count.getKey().reason(), count.getValue()))
			.sorted(Comparator.comparing(Refusal::count).reversed())
			.toList();
	}

	/**
	 * The entries of a part of a period.
	 *
	 * @param from start, inclusive
	 * @param to end, exclusive
	 * @param totals sums of the entries
	 */
	record Slot(Instant from, Instant to, List<LedgerTotal> totals) {

	}

	/**
	 * What was settled in a part of a period.
	 *
	 * @param from start, inclusive
	 * @param to end, exclusive
	 * @param count number of sales
	 * @param revenue what was settled, by network and token
	 */
	record SoldInSlot(Instant from, Instant to, long count, List<Revenue> revenue) {

		static SoldInSlot of(Slot slot, Networks networks) {
			List<Revenue> revenue = ConsoleFigures.revenue(slot.totals(), networks);
			return new SoldInSlot(slot.from(), slot.to(), revenue.stream().mapToLong(Revenue::count).sum(), revenue);
		}

	}

	/**
	 * What was settled with a token.
	 *
	 * @param network CAIP-2 identifier
	 * @param networkName name of the network
	 * @param testnet whether its money is worthless
	 * @param amount the sum
	 * @param count number of sales
	 */
	record Revenue(String network, String networkName, boolean testnet, ShownAmount amount, long count) {

		static Revenue of(LedgerTotal total, Networks networks) {
			return of(total.network(), total.asset(), total.amount(), total.count(), networks);
		}

		static Revenue of(String id, String asset, BigInteger amount, long count, Networks networks) {
			Network network = networks.byId(id);
			return new Revenue(id, (network != null) ? network.name() : id, network != null && network.testnet(),
					ShownAmount.of(amount, asset, id, networks), count);
		}

	}

	/**
	 * What was settled for a route with a token.
	 *
	 * @param route HTTP method and path pattern
	 * @param revenue the sum
	 */
	record RouteRevenue(String route, Revenue revenue) {

	}

	/**
	 * What a buyer paid with a token.
	 *
	 * @param payer address of the buyer
	 * @param revenue the sum
	 */
	record PayerRevenue(String payer, Revenue revenue) {

		static PayerRevenue of(PayerTotal total, Networks networks) {
			return new PayerRevenue(total.payer(),
					Revenue.of(total.network(), total.asset(), total.amount(), total.count(), networks));
		}

	}

	/**
	 * A pass or a balance that was sold.
	 *
	 * @param id identity
	 * @param state state
	 * @param scope name of what it opens, empty for a balance
	 * @param uses number of calls, or {@code null} for a balance, or if it is not limited
	 * @param left number of calls that are left, or {@code null} as before
	 * @param balance what is left of a balance, or {@code null} for a pass
	 * @param expiresAt when it ends, or {@code null} if it has no end or has not started
	 * @param paid what was paid
	 * @param networkName name of the network
	 * @param payer address of the buyer, or {@code null} if it is not known
	 * @param preparedAt when its payment was taken
	 */
	record SoldPass(String id, PassesEndpoint.State state, String scope, @Nullable Long uses, @Nullable Long left,
			@Nullable ShownAmount balance, @Nullable Instant expiresAt, ShownAmount paid, String networkName,
			@Nullable String payer, Instant preparedAt) {

		static SoldPass of(PassRecord record, Networks networks) {
			NewPass pass = record.pass();
			NewPass.Paid paid = pass.paid();
			Network network = networks.byId(paid.network());
			Long left = record.remaining();
			ShownAmount balance = (pass.isBalance() && left != null) ? amount(BigInteger.valueOf(left), paid, networks)
					: null;
			return new SoldPass(pass.id(), PassesEndpoint.State.of(record), pass.scope(),
					(balance == null) ? pass.uses() : null, (balance == null) ? left : null, balance,
					record.expiresAt(), amount(paid.amount(), paid, networks),
					(network != null) ? network.name() : paid.network(), paid.payer(), record.preparedAt());
		}

		private static ShownAmount amount(BigInteger amount, NewPass.Paid paid, Networks networks) {
			return ShownAmount.of(amount, paid.asset(), paid.network(), networks);
		}

	}

	/**
	 * Number of entries.
	 *
	 * @param event what they tell
	 * @param count number of entries
	 */
	record EventCount(LedgerEvent event, long count) {

	}

	/**
	 * Number of payments that were not charged.
	 *
	 * @param event how they ended
	 * @param reason reason code, or {@code null}
	 * @param count number of payments
	 */
	record Refusal(LedgerEvent event, @Nullable String reason, long count) {

	}

	/**
	 * A sale with an unknown outcome.
	 *
	 * @param entry the last entry about it
	 * @param since since when it is unknown
	 * @param ageSeconds for how long it is unknown
	 * @param nextLook when it is asked about next, at the earliest, or {@code null} if
	 * not, or if that is not known
	 */
	record Unsettled(Entry entry, Instant since, long ageSeconds, @Nullable Instant nextLook) {

		static Unsettled of(UnsettledSale sale, @Nullable Instant nextLook, Networks networks, Instant now) {
			return new Unsettled(Entry.of(sale.entry(), networks), sale.since(),
					Math.max(0, Duration.between(sale.since(), now).toSeconds()), nextLook);
		}

	}

	/**
	 * An entry of the ledger.
	 *
	 * @param time when it was written
	 * @param event what happened
	 * @param sale correlation id of the sale
	 * @param route HTTP method and path pattern
	 * @param networkName name of the network
	 * @param scheme payment scheme
	 * @param amount the amount
	 * @param payTo address of the recipient
	 * @param payer address of the buyer, or {@code null}
	 * @param transaction hash of the transaction, or {@code null}
	 * @param reason reason code, or {@code null}
	 * @param note who decided by hand and why, or {@code null}
	 */
	record Entry(Instant time, LedgerEvent event, String sale, String route, String networkName, String scheme,
			ShownAmount amount, String payTo, @Nullable String payer, @Nullable String transaction,
			@Nullable String reason, @Nullable String note) {

		static Entry of(LedgerEntry entry, Networks networks) {
			Network network = networks.byId(entry.network());
			BigInteger amount = entry.amount();
			return new Entry(entry.time(), entry.event(), entry.sale(), entry.route(),
					(network != null) ? network.name() : entry.network(), entry.scheme(),
					ShownAmount.of(amount, entry.asset(), entry.network(), networks), entry.payTo(), entry.payer(),
					entry.transaction(), entry.reason(), entry.note());
		}

	}

}
