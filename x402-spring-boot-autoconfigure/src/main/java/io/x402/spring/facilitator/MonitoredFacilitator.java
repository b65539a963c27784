/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.x402.spring.protocol.SupportedResponse;

/**
 * A {@link Facilitator} that knows from the calls it made whether it can be used, and
 * what it supports.
 *
 * @since 0.1.0
 */
public interface MonitoredFacilitator extends Facilitator {

	/**
	 * Return the condition of every facilitator behind this one. Calls no one.
	 * @return at least one condition; payments are possible as long as one is usable
	 */
	List<FacilitatorCondition> conditions();

	/**
	 * Return how many calls its limits have refused so far.
	 * @return number of calls by the configuration property of the limit, always with the
	 * same properties
	 */
	default Map<String, Long> refusedCalls() {
		return Map.of();
	}

	/**
	 * Return what catalogues have made of the resources that were paid for.
	 * @return the latest listing of each facilitator and route, none if there is no
	 * catalogue
	 */
	default List<CatalogueListing> listings() {
		return List.of();
	}

	/**
	 * Register what is told of every response of a catalogue, also of those that change
	 * nothing. It is called within payments and must neither wait nor throw.
	 * @param listener told of listings
	 */
	default void onListing(Consumer<CatalogueListing> listener) {
	}

	/**
	 * Return the supported kinds, which this facilitator keeps up to date.
	 * @return always the same object
	 */
	SupportedKinds supportedKinds();

	@Override
	default SupportedResponse supported() {
		return supportedKinds().get();
	}

}
