/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.PurchaseListener;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.money.Networks;
import io.x402.spring.observation.PurchaseObservationContext.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Observes every call that pays, whichever threads it runs on, and every payment that the
 * policy refuses. No scope is opened: the parent is the observation that is current when
 * the payment is signed. The payer allows so many open payments and no more, which bounds
 * the observations that are held. Safe for concurrent use.
 */
final class ObservedPurchases implements PurchaseListener {

	private static final PurchaseObservationConvention DEFAULT_CONVENTION = new DefaultPurchaseObservationConvention();

	private final Map<String, Running> running = new ConcurrentHashMap<>();

	private final Observing observing = new Observing();

	private final ObservationRegistry registry;

	private final Networks networks;

	private final @Nullable PurchaseObservationConvention convention;

	/**
	 * Create the listener.
	 * @param registry where to record
	 * @param networks the known networks
	 * @param convention gives name and key values, or {@code null} for the default
	 */
	ObservedPurchases(ObservationRegistry registry, Networks networks,
			@Nullable PurchaseObservationConvention convention) {
		this.registry = registry;
		this.networks = networks;
		this.convention = convention;
	}

	@Override
	public void onPurchaseEvent(PurchaseEvent event) {
		if (this.registry.isNoop()) {
			return;
		}
		event.accept(this.observing);
	}

	private void start(Purchase purchase) {
		Running started = start(purchase.resource(), purchase.terms());
		this.running.put(purchase.id(), started);
	}

	private Running start(URI resource, @Nullable PurchaseTerms terms) {
		PurchaseObservationContext context = new PurchaseObservationContext(OfferLabel.of(terms, this.networks),
				resource.getAuthority(), terms);
		Observation observation = Observation.createNotStarted(this.convention, DEFAULT_CONVENTION, () -> context,
				this.registry);
		return new Running(observation.start(), context);
	}

	private void end(Outcome outcome, Purchase purchase) {
		Running ended = this.running.remove(purchase.id());
		if (ended != null) {
			ended.context().end(outcome, purchase);
			ended.observation().stop();
		}
	}

	private void refuse(PurchaseEvent.Refused event) {
		Running refused = start(event.resource(), event.refusal().terms());
		refused.context().refuse(event.refusal().reason());
		refused.observation().error(event.refusal());
		refused.observation().stop();
	}

	private record Running(Observation observation, PurchaseObservationContext context) {

	}

	private final class Observing implements PurchaseEvent.Visitor {

		@Override
		public void signed(PurchaseEvent.Signed event) {
			start(event.purchase());
		}

		@Override
		public void resumed(PurchaseEvent.Resumed event) {
			start(event.purchase());
		}

		@Override
		public void delivered(PurchaseEvent.Delivered event) {
			end(Outcome.DELIVERED, event.purchase());
		}

		@Override
		public void declined(PurchaseEvent.Declined event) {
			end(Outcome.DECLINED, event.purchase());
		}

		@Override
		public void undecided(PurchaseEvent.Undecided event) {
			end(Outcome.UNDECIDED, event.purchase());
		}

		@Override
		public void notSent(PurchaseEvent.NotSent event) {
			end(Outcome.NOT_SENT, event.purchase());
		}

		@Override
		public void refused(PurchaseEvent.Refused event) {
			refuse(event);
		}

	}

}
