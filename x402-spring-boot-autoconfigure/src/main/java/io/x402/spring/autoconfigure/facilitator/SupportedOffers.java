/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse;

/**
 * {@link OfferCheck} that finds offers that the facilitator does not support. They never
 * become free.
 */
final class SupportedOffers implements OfferCheck {

	private static final String PROPERTY = "x402.facilitator.supported.verify-on-startup";

	private final SupportedKinds kinds;

	private final boolean verifyOnStartup;

	private final Set<Kind> offered = new ConcurrentSkipListSet<>();

	/**
	 * Create a check.
	 * @param kinds supported kinds of payments
	 * @param verifyOnStartup whether an offer that is not supported fails the startup
	 */
	SupportedOffers(SupportedKinds kinds, boolean verifyOnStartup) {
		this.kinds = kinds;
		this.verifyOnStartup = verifyOnStartup;
	}

	@Override
	public void check(PaymentRequirements offer) {
		Kind kind = new Kind(offer.scheme(), offer.network());
		this.offered.add(kind);
		if (this.verifyOnStartup && !kind.isIn(supported())) {
			throw new InvalidPricingException("network", offer.network(),
					"the facilitator does not list scheme " + offer.scheme() + " on it as supported",
					"Name a network that the facilitator supports, configure a facilitator that supports this one, "
							+ "or remove " + PROPERTY + ".");
		}
	}

	private SupportedResponse supported() {
		try {
			return this.kinds.get();
		}
		catch (FacilitatorException ex) {
			throw new InvalidPropertyException(PROPERTY, "true", String.valueOf(ex.getMessage()),
					"Make the facilitator reachable, or remove the property to start without it.");
		}
	}

	/**
	 * Return the offers that are known not to be supported, without a call.
	 * @return a description of each kind of offer, none if nothing is known
	 */
	List<String> unsupported() {
		SupportedResponse supported = this.offered.isEmpty() ? null : this.kinds.known();
		if (supported == null) {
			return List.of();
		}
		Set<String> texts = new TreeSet<>();
		this.offered.stream()
			.filter((kind) -> !kind.isIn(supported))
			.forEach((kind) -> texts.add(kind.scheme() + " on " + kind.network()));
		return List.copyOf(texts);
	}

	/**
	 * Load the supported kinds in the background, so that the first offers are complete.
	 */
	void prepare() {
		if (!this.offered.isEmpty()) {
			this.kinds.known();
		}
	}

	private record Kind(String scheme, String network) implements Comparable<Kind> {

		boolean isIn(SupportedResponse supported) {
			return supported.supports(ProtocolVersion.V2, this.scheme, this.network);
		}

		@Override
		public int compareTo(Kind other) {
			return toString().compareTo(other.toString());
		}

	}

}
