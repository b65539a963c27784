/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to payments and sums up the money that was settled. All tag values
 * come from the seller's own offers, as far as their network and token are known, and
 * from the table of reasons. Safe for concurrent use.
 */
final class PaymentMeters implements PaymentListener {

	/**
	 * Name of the counter of everything that happens to payments.
	 */
	public static final String PAYMENTS = "x402.payments";

	/**
	 * Name of the summary of settled amounts, in tokens.
	 */
	public static final String SETTLED_AMOUNT = "x402.settled.amount";

	private static final String NONE = "none";

	/** Offers may change with every request; more than these are labelled each time. */
	private static final int MAX_OFFERS = 1000;

	private final Counting counting = new Counting();

	private final MeterRegistry registry;

	private final Networks networks;

	private final Map<Offer, OfferLabel> labels = new ConcurrentHashMap<>();

	private final Map<Payment, Counter> counters = new ConcurrentHashMap<>();

	private final Map<OfferLabel, DistributionSummary> amounts = new ConcurrentHashMap<>();

	/**
	 * Create the listener. Meters are registered when something happens.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 */
	PaymentMeters(MeterRegistry registry, Networks networks) {
		this.registry = registry;
		this.networks = networks;
	}

	@Override
	public void onPaymentEvent(PaymentEvent event) {
		event.accept(this.counting);
	}

	private void count(String outcome, OfferLabel offer, @Nullable ReasonCode reason) {
		this.counters.computeIfAbsent(new Payment(outcome, offer, reason), this::counter).increment();
	}

	private Counter counter(Payment payment) {
		return Counter.builder(PAYMENTS)
			.description("Requests and payments by what became of them")
			.tags(payment.offer().tags())
			.tag("outcome", payment.outcome())
			.tag("reason", (payment.reason() != null) ? payment.reason().code() : NONE)
			.register(this.registry);
	}

	/**
	 * Without the number of its decimals an amount cannot be told in tokens.
	 */
	private void sum(OfferLabel offer, BigInteger amount) {
		if (offer.decimals() != OfferLabel.UNKNOWN_DECIMALS) {
			this.amounts.computeIfAbsent(offer, this::summary)
				.record(new BigDecimal(amount, offer.decimals()).doubleValue());
		}
	}

	private DistributionSummary summary(OfferLabel offer) {
		return DistributionSummary.builder(SETTLED_AMOUNT)
			.description("Settled amounts in tokens")
			.baseUnit("tokens")
			.tags(offer.tags())
			.register(this.registry);
	}

	private OfferLabel label(List<PaymentRequirements> offers) {
		OfferLabel label = label(offers.get(0));
		for (int i = 1; i < offers.size(); i++) {
			label = label.merge(label(offers.get(i)));
		}
		return label;
	}

	private OfferLabel label(PaymentRequirements offer) {
		Offer key = new Offer(offer.network(), offer.asset(), offer.scheme());
		OfferLabel known = this.labels.get(key);
		if (known != null) {
			return known;
		}
		OfferLabel label = OfferLabel.of(offer, this.networks);
		if (this.labels.size() < MAX_OFFERS) {
			this.labels.put(key, label);
		}
		return label;
	}

	private record Offer(String network, String asset, String scheme) {

	}

	private record Payment(String outcome, OfferLabel offer, @Nullable ReasonCode reason) {

	}

	private final class Counting implements PaymentEvent.Visitor {

		@Override
		public void refused(PaymentEvent.Refused event) {
			count("refused", label(event.offers().accepts()), event.reason());
		}

		@Override
		public void verified(PaymentEvent.Verified event) {
			count("verified", label(event.payment().requirements()), null);
		}

		@Override
		public void settled(PaymentEvent.Settled event) {
			PaymentRequirements offer = event.payment().requirements();
			count("settled", label(offer), null);
			sum(label(offer), event.payment().charged());
		}

		@Override
		public void declined(PaymentEvent.Declined event) {
			count("declined", label(event.payment().requirements()), event.reason());
		}

		@Override
		public void unknown(PaymentEvent.Unknown event) {
			count("unknown", label(event.payment().requirements()), ReasonCode.SETTLEMENT_PENDING);
		}

	}

}
