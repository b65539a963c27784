/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.pricing.PaymentRequirementsCustomizer;
import io.x402.spring.protocol.PaymentRequirements;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Has USDC moved by Permit2 where an offer is valid for {@link #MAX_TIMEOUT}, a time that
 * nothing else in this shop has.
 */
@Component
@Profile("lab")
final class Permit2Offers implements PaymentRequirementsCustomizer {

	static final String MAX_TIMEOUT = "240s";

	private static final int SECONDS = 240;

	@Override
	public PaymentRequirements customize(PaymentRequirements offer) {
		if (offer.maxTimeoutSeconds() != SECONDS) {
			return offer;
		}
		Map<String, Object> extra = new LinkedHashMap<>(offer.extra());
		extra.put(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2");
		return new PaymentRequirements(offer.scheme(), offer.network(), offer.amount(), offer.asset(), offer.payTo(),
				offer.maxTimeoutSeconds(), extra);
	}

}
