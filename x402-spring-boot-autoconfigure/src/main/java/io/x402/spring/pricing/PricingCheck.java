/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;

import io.x402.spring.money.Network;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Refuses prices at startup that must not be offered as the application is configured.
 *
 * @since 0.1.0
 */
public final class PricingCheck {

	private final List<OfferCheck> checks;

	private final boolean publicUrlKnown;

	private final boolean simulated;

	/**
	 * Create a check.
	 * @param checks check every offer that is known at startup
	 * @param publicUrlKnown whether offers name a URL that does not come from the request
	 * @param simulated whether payments are simulated, which is for test networks only
	 */
	public PricingCheck(List<OfferCheck> checks, boolean publicUrlKnown, boolean simulated) {
		this.checks = List.copyOf(checks);
		this.publicUrlKnown = publicUrlKnown;
		this.simulated = simulated;
	}

	/**
	 * Check a price.
	 * @param pricing the price
	 * @throws InvalidPricingException if it must not be offered
	 */
	public void check(Pricing pricing) {
		List<PricedOffer> offers = pricing.offers();
		offers.stream().map(PricedOffer::network).filter((network) -> !network.testnet()).forEach(this::checkMainnet);
		offers.forEach(this::check);
	}

	private void checkMainnet(Network network) {
		if (this.simulated) {
			throw new InvalidPricingException("network", network.id(),
					"the simulated facilitator takes payments on test networks only",
					"Name a test network such as base-sepolia, or remove x402.facilitator.type to be paid.");
		}
		if (!this.publicUrlKnown) {
			throw new InvalidPricingException("base-url", "",
					"offers for real money must name a URL that no request can forge",
					"Set x402.base-url to the public origin of this application, such as "
							+ "https://api.example.com, or declare a ResourceUrlResolver bean.");
		}
	}

	private void check(PricedOffer offer) {
		PaymentRequirements requirements = offer.requirements();
		if (requirements != null) {
			this.checks.forEach((check) -> check.check(requirements));
		}
	}

}
