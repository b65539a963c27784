/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.client.PurchaseListener;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

/**
 * Creates what observes and counts payments and purchases. Meters are registered when
 * something happens.
 *
 * @since 0.1.0
 */
public final class Observations {

	private Observations() {
	}

	/**
	 * Observe the verify and settle requests of a facilitator.
	 * @param facilitator the facilitator to observe
	 * @param registry where to record
	 * @param convention gives names and key values, or {@code null} for the default
	 * @return the observed facilitator
	 */
	public static Facilitator facilitator(Facilitator facilitator, ObservationRegistry registry,
			@Nullable FacilitatorObservationConvention convention) {
		return new ObservedFacilitator(facilitator, registry, convention);
	}

	/**
	 * Observe the purchases of a buyer.
	 * @param registry where to record
	 * @param networks the known networks
	 * @param convention gives name and key values, or {@code null} for the default
	 * @return a listener for the buyer
	 */
	public static PurchaseListener purchases(ObservationRegistry registry, Networks networks,
			@Nullable PurchaseObservationConvention convention) {
		return new ObservedPurchases(registry, networks, convention);
	}

	/**
	 * Count what happens to payments as {@code x402.payments}, and sum up settled amounts
	 * in tokens as {@code x402.settled.amount}.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 * @return a listener for the engine
	 */
	public static PaymentListener paymentMeters(MeterRegistry registry, Networks networks) {
		return new PaymentMeters(registry, networks);
	}

	/**
	 * Count what happens to payments for tools of MCP servers as
	 * {@code x402.tool.payments}, and sum up settled amounts in tokens as
	 * {@code x402.tool.settled.amount}, by tool.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 * @return a listener for the engine
	 * @since 0.2.0
	 */
	public static PaymentListener toolMeters(MeterRegistry registry, Networks networks) {
		return new ToolMeters(registry, networks);
	}

	/**
	 * Count what happens to purchases as {@code x402.purchases}, and sum up their amounts
	 * in tokens as {@code x402.purchase.amount}.
	 * @param registry where to register the meters
	 * @param networks the known networks
	 * @return a listener for the buyer
	 */
	public static PurchaseListener purchaseMeters(MeterRegistry registry, Networks networks) {
		return new PurchaseMeters(registry, networks);
	}

	/**
	 * Count the calls and payments that the limits of a facilitator and a store refuse as
	 * {@code x402.limits.refused}.
	 * @param facilitator may have limits
	 * @param store may have limits
	 * @return meters to bind
	 */
	public static MeterBinder limitMeters(Facilitator facilitator, PaymentStore store) {
		return new LimitMeters(facilitator, store);
	}

	/**
	 * Count what catalogues of a facilitator say about paid resources as
	 * {@code x402.catalogue.listings}.
	 * @param facilitator may have a catalogue
	 * @return meters to bind
	 * @since 0.2.0
	 */
	public static MeterBinder listingMeters(Facilitator facilitator) {
		return new ListingMeters(facilitator);
	}

}
