/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.PaymentFlow;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * A mapping of the application with its price. Shows of an offer what every buyer sees.
 *
 * @param handler name of the handler, {@code route} for a price by path
 * @param methods HTTP methods, none for all
 * @param paths path patterns
 * @param paid whether all requests are priced
 * @param routes path patterns of the routes that price its requests
 * @param description description of the resource, or {@code null}
 * @param mimeType media type of a successful response, or {@code null}
 * @param transactional whether the transaction of the handler is committed only if the
 * payment is settled
 * @param discoverable whether catalogues may list the resource
 * @param freeQuota calls that each client has free, or {@code null}
 * @param offers the offers in order of preference
 */
record ShownMapping(String handler, List<String> methods, Set<String> paths, boolean paid, List<String> routes,
		@Nullable String description, @Nullable String mimeType, boolean transactional, boolean discoverable,
		@Nullable ShownQuota freeQuota, List<ShownOffer> offers) {

	static ShownMapping of(PricedHandler handler, Networks networks) {
		Pricing pricing = handler.pricing();
		List<PaymentRequirements> present = pricing.presentOffers();
		return new ShownMapping(handler.name(), handler.methods().stream().map(HttpMethod::name).sorted().toList(),
				handler.paths(), handler.isPaid(), handler.routes(), pricing.description(), pricing.mimeType(),
				pricing.isTransactional(), pricing.isDiscoverable(), ShownQuota.of(pricing.freeQuota()),
				pricing.offers().stream().map((offer) -> ShownOffer.of(offer, present, networks)).toList());
	}

	/**
	 * Calls that each client has free.
	 *
	 * @param calls number of calls
	 * @param period length of the period, ISO 8601
	 */
	record ShownQuota(int calls, String period) {

		static @Nullable ShownQuota of(@Nullable FreeQuota quota) {
			return (quota != null) ? new ShownQuota(quota.limit(), quota.period().toString()) : null;
		}

	}

	/**
	 * An offer.
	 *
	 * @param price the price as it is written, an expression if it depends on the request
	 * @param scheme payment scheme
	 * @param flow payment flow
	 * @param network CAIP-2 identifier of the network
	 * @param dependsOnRequest whether amount, recipient or description depend on the
	 * request
	 * @param payable whether buyers can sign it at present, {@code null} if it depends on
	 * the request
	 * @param amount the amount, the maximum under scheme {@code upto}, or {@code null} if
	 * it depends on the request
	 * @param payTo address of the recipient, or {@code null} if it depends on the request
	 * @param maxTimeoutSeconds how long an authorization must be valid, or {@code null}
	 * if that depends on the request
	 * @param extra scheme data as buyers get it, or {@code null} if it depends on the
	 * request
	 */
	record ShownOffer(String price, String scheme, String flow, String network, boolean dependsOnRequest,
			@Nullable Boolean payable, @Nullable ShownAmount amount, @Nullable String payTo,
			@Nullable Integer maxTimeoutSeconds, @Nullable Map<String, Object> extra) {

		static ShownOffer of(PricedOffer offer, List<PaymentRequirements> present, Networks networks) {
			PaymentRequirements made = offer.requirements();
			String network = offer.network().id();
			if (made == null) {
				return new ShownOffer(offer.price(), offer.scheme().wireName(), offer.flow().wireName(), network, true,
						null, null, null, null, null);
			}
			PaymentRequirements now = present.stream()
				.filter((other) -> isCompleted(made, other))
				.findFirst()
				.orElse(null);
			PaymentRequirements shown = (now != null) ? now : made;
			return new ShownOffer(offer.price(), shown.scheme(), PaymentFlow.of(shown).wireName(), network, false,
					now != null, ShownAmount.of(shown.amount(), shown.asset(), network, networks), shown.payTo(),
					shown.maxTimeoutSeconds(), shown.extra());
		}

		private static boolean isCompleted(PaymentRequirements made, PaymentRequirements other) {
			return made
				.equals(new PaymentRequirements(other.scheme(), other.network(), other.amount(), other.asset(),
						other.payTo(), other.maxTimeoutSeconds(), made.extra()))
					&& other.extra().entrySet().containsAll(made.extra().entrySet());
		}

	}

}
