/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.math.BigDecimal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.PurchaseListener;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.money.Networks;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to the payments of a buyer and sums up the money. An amount is what
 * was signed, for scheme {@code upto} the most that may be taken. All tag values are of
 * closed sets, whatever sellers ask for. Safe for concurrent use.
 */
final class PurchaseMeters implements PurchaseListener {

	/**
	 * Name of the counter of everything that happens to payments.
	 */
	public static final String PURCHASES = "x402.purchases";

	/**
	 * Name of the summary of amounts that were signed, delivered for, or certainly not
	 * sent, in tokens.
	 */
	public static final String AMOUNT = "x402.purchase.amount";

	private static final String NONE = "none";

	private final Counting counting = new Counting();

	private final MeterRegistry registry;

	private final Networks networks;

	/**
	 * Create the listener. Meters are registered when something happens.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 */
	PurchaseMeters(MeterRegistry registry, Networks networks) {
		this.registry = registry;
		this.networks = networks;
	}

	@Override
	public void onPurchaseEvent(PurchaseEvent event) {
		event.accept(this.counting);
	}

	private void countAndSum(String outcome, Purchase purchase) {
		count(outcome, purchase.terms(), NONE);
		BigDecimal price = purchase.terms().price();
		if (price != null) {
			summary(outcome, purchase.terms()).record(price.doubleValue());
		}
	}

	private void count(String outcome, @Nullable PurchaseTerms terms, String reason) {
		Counter.builder(PURCHASES)
			.description("Payments of the buyer by what became of them")
			.tags(OfferLabel.of(terms, this.networks).tags())
			.tag("outcome", outcome)
			.tag("reason", reason)
			.register(this.registry)
			.increment();
	}

	private DistributionSummary summary(String outcome, PurchaseTerms terms) {
		return DistributionSummary.builder(AMOUNT)
			.description("Amounts of payments of the buyer in tokens")
			.baseUnit("tokens")
			.tags(OfferLabel.of(terms, this.networks).tags())
			.tag("outcome", outcome)
			.register(this.registry);
	}

	private final class Counting implements PurchaseEvent.Visitor {

		@Override
		public void signed(PurchaseEvent.Signed event) {
			countAndSum("signed", event.purchase());
		}

		@Override
		public void resumed(PurchaseEvent.Resumed event) {
			count("resumed", event.purchase().terms(), NONE);
		}

		@Override
		public void delivered(PurchaseEvent.Delivered event) {
			countAndSum("delivered", event.purchase());
		}

		@Override
		public void declined(PurchaseEvent.Declined event) {
			count("declined", event.purchase().terms(), NONE);
		}

		@Override
		public void undecided(PurchaseEvent.Undecided event) {
			count("undecided", event.purchase().terms(), NONE);
		}

		@Override
		public void notSent(PurchaseEvent.NotSent event) {
			countAndSum("not_sent", event.purchase());
		}

		@Override
		public void refused(PurchaseEvent.Refused event) {
			count("refused", event.refusal().terms(), event.refusal().reason().code());
		}

	}

}
