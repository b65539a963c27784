/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.Price;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what was sold. A route is a path pattern with or without its method:
 * {@code /weather} or {@code GET /weather}.
 *
 * @since 0.1.0
 */
public final class PaymentLedgerAssert extends AbstractAssert<PaymentLedgerAssert, PaymentLedger> {

	private static final Networks NETWORKS = Networks.load();

	private PaymentLedgerAssert(@Nullable PaymentLedger actual) {
		super(actual, PaymentLedgerAssert.class);
	}

	/**
	 * Return assertions on a ledger.
	 * @param actual the ledger
	 * @return the assertions
	 */
	public static PaymentLedgerAssert assertThat(@Nullable PaymentLedger actual) {
		return new PaymentLedgerAssert(actual);
	}

	/**
	 * Verify that the last payment for a route was settled, for an amount.
	 * @param route the route
	 * @param amount the charged amount, such as {@code $0.05} or {@code 0.05 USDC}
	 * @return this
	 * @throws io.x402.spring.money.InvalidPriceException if the amount is not a price
	 */
	public PaymentLedgerAssert settled(String route, String amount) {
		LedgerEntry entry = last(route, LedgerEvent.SETTLED);
		if (!isAmount(entry, Price.parse(amount))) {
			failWithMessage("Expected %s to be settled for %s, but %s atomic units of %s on %s were charged", route,
					amount, entry.amount(), entry.asset(), entry.network());
		}
		return this;
	}

	/**
	 * Verify how often a route was sold.
	 * @param route the route
	 * @param times number of settled payments
	 * @return this
	 */
	public PaymentLedgerAssert settledTimes(String route, int times) {
		long settled = outcomes(route).stream().filter((entry) -> entry.event() == LedgerEvent.SETTLED).count();
		if (settled != times) {
			failWithMessage("Expected %s payments for %s to be settled, but there are %s", times, route, settled);
		}
		return this;
	}

	/**
	 * Verify that the last payment for a route was declined: nothing was charged.
	 * @param route the route
	 * @return this
	 */
	public PaymentLedgerAssert declined(String route) {
		last(route, LedgerEvent.DECLINED);
		return this;
	}

	/**
	 * Verify that it is not known yet whether the last payment for a route was settled.
	 * @param route the route
	 * @return this
	 */
	public PaymentLedgerAssert pending(String route) {
		last(route, LedgerEvent.PENDING);
		return this;
	}

	/**
	 * Verify that no payment was settled, for whatever route.
	 * @return this
	 */
	public PaymentLedgerAssert settledNothing() {
		List<LedgerEntry> settled = entries().stream().filter((entry) -> entry.event() == LedgerEvent.SETTLED).toList();
		if (!settled.isEmpty()) {
			failWithMessage("Expected no payment to be settled, but found %s", settled);
		}
		return this;
	}

	private LedgerEntry last(String route, LedgerEvent event) {
		List<LedgerEntry> outcomes = outcomes(route);
		LedgerEntry last = outcomes.isEmpty() ? null : outcomes.get(outcomes.size() - 1);
		if (last == null || last.event() != event) {
			throw failure("Expected the last payment for %s to be %s, but found %s in %s", route, event, last,
					entries());
		}
		return last;
	}

	private List<LedgerEntry> outcomes(String route) {
		return entries().stream()
			.filter((entry) -> entry.event().isOutcome() && entry.event() != LedgerEvent.REDELIVERED)
			.filter((entry) -> entry.route().equals(route) || entry.route().endsWith(" " + route))
			.toList();
	}

	private List<LedgerEntry> entries() {
		isNotNull();
		List<LedgerEntry> entries = new ArrayList<>();
		LedgerQuery query = LedgerQuery.all(LedgerQuery.MAX_LIMIT);
		List<LedgerEntry> page = this.actual.find(query);
		while (!page.isEmpty()) {
			entries.addAll(page);
			page = this.actual.find(query.after(page.get(page.size() - 1)));
		}
		return entries;
	}

	private static boolean isAmount(LedgerEntry entry, Price price) {
		Network network = NETWORKS.byId(entry.network());
		return network != null && network.assets().stream().anyMatch((asset) -> isAmount(entry, price, asset));
	}

	private static boolean isAmount(LedgerEntry entry, Price price, Asset asset) {
		BigInteger amount = asset.toAtomic(price.amount());
		return asset.address().equalsIgnoreCase(entry.asset()) && amount.equals(entry.amount())
				&& (price.symbol() == null || isSymbol(asset, price.symbol()));
	}

	private static boolean isSymbol(Asset asset, String symbol) {
		return asset.symbol().equalsIgnoreCase(symbol) || "USD".equals(symbol.toUpperCase(Locale.ROOT));
	}

}
