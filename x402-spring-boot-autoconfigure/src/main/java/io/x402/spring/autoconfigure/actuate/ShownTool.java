/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;

import io.x402.spring.autoconfigure.actuate.ShownMapping.ShownOffer;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.PricedTool;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * A tool of an MCP server with its price. Shows of an offer what every buyer sees.
 *
 * @param name its name
 * @param description what it does, or {@code null}
 * @param paid whether its calls are priced
 * @param discoverable whether catalogues may list it
 * @param offers the offers in order of preference
 */
record ShownTool(String name, @Nullable String description, boolean paid, boolean discoverable,
		List<ShownOffer> offers) {

	static ShownTool of(PricedTool tool, Networks networks) {
		Pricing pricing = tool.pricing();
		if (pricing == null) {
			return new ShownTool(tool.name(), tool.description(), false, false, List.of());
		}
		List<PaymentRequirements> present = pricing.presentOffers();
		return new ShownTool(tool.name(), tool.description(), tool.isPaid(), pricing.isDiscoverable(),
				pricing.offers().stream().map((offer) -> ShownOffer.of(offer, present, networks)).toList());
	}

}
