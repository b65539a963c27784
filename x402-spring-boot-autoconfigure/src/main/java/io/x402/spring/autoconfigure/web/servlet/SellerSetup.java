/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.List;
import java.util.stream.Collectors;

import io.x402.spring.pricing.PricedHandler;

/**
 * Parts of an application that sells, as the log of the startup names them.
 *
 * @param facilitator name of the facilitator, such as its URL
 * @param store name of the store of claims
 * @param publicUrlKnown whether offers name a URL that does not come from the request
 * @param simulated whether payments are simulated, which is for test networks only
 */
record SellerSetup(String facilitator, String store, boolean publicUrlKnown, boolean simulated) {

	String summary(List<PricedHandler> paid, int free) {
		String networks = paid.stream()
			.flatMap((handler) -> handler.pricing().offers().stream())
			.map((offer) -> offer.network().name())
			.distinct()
			.collect(Collectors.joining(", "));
		return paid.size() + " paid and " + free + " free mappings" + (networks.isEmpty() ? "" : " on " + networks)
				+ ", facilitator " + this.facilitator + ", store " + this.store;
	}

}
