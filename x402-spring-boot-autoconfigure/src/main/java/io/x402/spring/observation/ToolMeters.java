/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.math.BigDecimal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to payments for the tools of MCP servers, and sums up the money, by
 * tool. Names are those of tools that the servers have, and limited in number because
 * tools come and go. Safe for concurrent use.
 */
final class ToolMeters implements PaymentListener {

	/**
	 * Name of the counter of everything that happens to payments for tools.
	 */
	static final String PAYMENTS = "x402.tool.payments";

	/**
	 * Name of the summary of settled amounts, in tokens.
	 */
	static final String SETTLED_AMOUNT = "x402.tool.settled.amount";

	static final int MAX_TOOLS = 1000;

	private static final String OTHER = "other";

	private static final String NONE = "none";

	private final Set<String> tools = ConcurrentHashMap.newKeySet();

	private final MeterRegistry registry;

	private final Networks networks;

	/**
	 * Create the listener. Meters are registered when something happens.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 */
	ToolMeters(MeterRegistry registry, Networks networks) {
		this.registry = registry;
		this.networks = networks;
	}

	@Override
	public void onPaymentEvent(PaymentEvent event) {
		String tool = event.offers().resource().toolName();
		if (tool != null) {
			event.accept(new Counting(label(tool)));
		}
	}

	private String label(String tool) {
		return (this.tools.contains(tool) || (this.tools.size() < MAX_TOOLS && this.tools.add(tool))) ? tool : OTHER;
	}

	/**
	 * Counts for one tool.
	 */
	private final class Counting implements PaymentEvent.Visitor {

		private final String tool;

		Counting(String tool) {
			this.tool = tool;
		}

		@Override
		public void refused(PaymentEvent.Refused event) {
			count("refused", event.reason());
		}

		@Override
		public void verified(PaymentEvent.Verified event) {
			count("verified", null);
		}

		@Override
		public void settled(PaymentEvent.Settled event) {
			count("settled", null);
			OfferLabel offer = OfferLabel.of(event.payment().requirements(), ToolMeters.this.networks);
			if (offer.decimals() != OfferLabel.UNKNOWN_DECIMALS) {
				summary(offer).record(new BigDecimal(event.payment().charged(), offer.decimals()).doubleValue());
			}
		}

		@Override
		public void declined(PaymentEvent.Declined event) {
			count("declined", event.reason());
		}

		@Override
		public void unknown(PaymentEvent.Unknown event) {
			count("unknown", ReasonCode.SETTLEMENT_PENDING);
		}

		private void count(String outcome, @Nullable ReasonCode reason) {
			Counter.builder(PAYMENTS)
				.description("Calls of paid tools and their payments by what became of them")
				.tag("tool", this.tool)
				.tag("outcome", outcome)
				.tag("reason", (reason != null) ? reason.code() : NONE)
				.register(ToolMeters.this.registry)
				.increment();
		}

		private DistributionSummary summary(OfferLabel offer) {
			return DistributionSummary.builder(SETTLED_AMOUNT)
				.description("Settled amounts of tools in tokens")
				.baseUnit("tokens")
				.tags(offer.tags())
				.tag("tool", this.tool)
				.register(ToolMeters.this.registry);
		}

	}

}
