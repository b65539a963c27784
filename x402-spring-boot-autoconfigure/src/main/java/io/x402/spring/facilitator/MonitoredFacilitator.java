/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.List;
import java.util.Map;

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
	 * Return the supported kinds, which this facilitator keeps up to date.
	 * @return always the same object
	 */
	SupportedKinds supportedKinds();

	@Override
	default SupportedResponse supported() {
		return supportedKinds().get();
	}

}
