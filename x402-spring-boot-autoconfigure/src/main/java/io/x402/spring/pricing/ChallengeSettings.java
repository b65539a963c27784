/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.x402.spring.protocol.ProtocolVersion;

/**
 * How challenges are written.
 *
 * @param versions the protocol versions to make offers in
 * @param headerBudget maximum length of the {@code PAYMENT-REQUIRED} header
 * @param maxDescriptionLength maximum length of a description
 * @param extensions the protocol extensions that are declared with every offer, by key
 * @param alwaysDeclared whether facilitators get the declaration of a resource with every
 * payment, not only with those that repeat it
 */
record ChallengeSettings(Set<ProtocolVersion> versions, int headerBudget, int maxDescriptionLength,
		Map<String, Object> extensions, boolean alwaysDeclared) {

	ChallengeSettings {
		versions = Set.copyOf(versions);
		extensions = Map.copyOf(extensions);
	}

	/**
	 * Return the same settings with more extensions.
	 * @param more extensions by key
	 * @return the settings
	 */
	ChallengeSettings with(Map<String, Object> more) {
		Map<String, Object> all = new LinkedHashMap<>(this.extensions);
		all.putAll(more);
		return new ChallengeSettings(this.versions, this.headerBudget, this.maxDescriptionLength, all,
				this.alwaysDeclared);
	}

}
