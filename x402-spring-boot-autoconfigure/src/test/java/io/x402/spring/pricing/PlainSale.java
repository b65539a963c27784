/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

import io.x402.spring.PaymentRequired;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.ReasonCode;

import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Prices requests of no transport: one of an annotated handler, one of a route, one
 * without a path and a free one.
 */
public final class PlainSale implements Callable<List<String>> {

	@Override
	public List<String> call() throws Exception {
		PaymentRoute route = new PaymentRoute("/files/{size}", Set.of(HttpMethod.GET), List
			.of(OfferDefinition.price("#{#path['size'] == 'large' ? '0.03' : '0.02'}").description("A file").build()));
		HandlerPricing pricing = Offers.pricing("0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "base-sepolia", 6144)
			.routes(List.of(route), new PathPatternParser())
			.build();
		HandlerMethod tool = new HandlerMethod(this, PlainSale.class.getDeclaredMethod("forecast"));
		PricingRequest call = new PlainRequest("tools/call", null, Map.of("city", "Lisbon"));
		return List.of(offer(pricing.find(call, tool)),
				offer(pricing.find(PlainRequest.of("GET", "/files/large"), new Object())),
				offer(pricing.find(PlainRequest.of("GET", "/files/small"), "fileHandler")),
				String.valueOf(pricing.find(PlainRequest.of("POST", "/files/large"), new Object())),
				pricing.describe(tool, Set.of(), Set.of()).pricing().toString(),
				pricing.routes().get(0).pricing().toString());
	}

	private static String offer(PricedRequest priced) {
		PaymentOffers offers = Objects.requireNonNull(priced.offers("https://api.example.com/sold"));
		PaymentRequiredDocument document = Offers.CODEC.decode(
				priced.challenge(offers, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).header(),
				PaymentRequiredDocument.class);
		return document.accepts().get(0).amount() + " for " + document.resource().description();
	}

	@PaymentRequired(price = "#{#path['city'] == 'Lisbon' ? '$0.05' : '$0.04'}", description = "A forecast")
	void forecast() {
	}

}
