/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.x402.spring.facilitator.CatalogueListing;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.MonitoredFacilitator;

/**
 * Counts what catalogues of facilitators say about paid resources, by route.
 */
final class ListingMeters implements MeterBinder {

	/**
	 * Name of the counter.
	 */
	static final String LISTINGS = "x402.catalogue.listings";

	private final Facilitator facilitator;

	/**
	 * Create meters.
	 * @param facilitator may have a catalogue
	 */
	ListingMeters(Facilitator facilitator) {
		this.facilitator = facilitator;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.facilitator instanceof MonitoredFacilitator monitored) {
			monitored.onListing((listing) -> count(registry, listing));
		}
	}

	private static void count(MeterRegistry registry, CatalogueListing listing) {
		Counter.builder(LISTINGS)
			.description("Responses of catalogues of facilitators about paid resources")
			.tag("route", listing.route())
			.tag("status", listing.status().name().toLowerCase(Locale.ROOT))
			.register(registry)
			.increment();
	}

}
