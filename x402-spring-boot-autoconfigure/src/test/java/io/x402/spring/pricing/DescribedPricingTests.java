/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prices whose resources are described for catalogues.
 */
class DescribedPricingTests {

	@Test
	void whenTheDescriptionChangesWithoutEndThenOldOnesAreNotKept() {
		Pricing pricing = Offers.pricing("0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "base-sepolia", 6144)
			.build()
			.create("tool weather", List.of(OfferDefinition.price("$0.01").build()));
		PaymentOffers offers = Objects
			.requireNonNull(pricing.offers(PlainRequest.of("GET", "/"), "https://shop.example/"));
		for (int i = 0; i < 3 * Pricing.MAX_DECLARED; i++) {
			Map<String, Object> described = Map.of("info", Map.of("input", Map.of("toolName", "weather " + i)));
			ResourceDeclaration declaration = new ResourceDeclaration(described, described, Map.of(), Set.of());
			pricing.challenge(offers, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED),
					new DescribedMapping(declaration, Map.of()), Map.of());
		}
		assertThat(pricing.declared()).isBetween(1, Pricing.MAX_DECLARED);
	}

}
