/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.x402.spring.money.Price;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

/**
 * Creates prices from annotations and routes, and refuses those that cannot be offered.
 */
final class PricingFactory {

	private final OfferTemplates templates;

	private final Challenges challenges;

	private final ResourceInfo service;

	private final HandlerTraits traits;

	private final Prepaid prepaid;

	/**
	 * Create a factory.
	 * @param templates creates the offers
	 * @param challenges encodes the offers
	 * @param service name, tags and icon of the service
	 * @param traits finds what handlers have besides offers
	 * @param prepaid finds passes and top-ups
	 */
	PricingFactory(OfferTemplates templates, Challenges challenges, ResourceInfo service, HandlerTraits traits,
			Prepaid prepaid) {
		this.templates = templates;
		this.challenges = challenges;
		this.service = service;
		this.traits = traits;
		this.prepaid = prepaid;
	}

	/**
	 * Create a price.
	 * @param source the handler or route, for error messages
	 * @param definitions its offers, at least one
	 * @return the price
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	Pricing create(String source, List<OfferDefinition> definitions) {
		return create(source, source, definitions);
	}

	/**
	 * Create a price.
	 * @param name tells it from others, in all instances
	 * @param source the handler or route, for error messages
	 * @param definitions its offers, at least one
	 * @return the price
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	Pricing create(String name, String source, List<OfferDefinition> definitions) {
		try {
			return createFrom(name, source, definitions);
		}
		catch (InvalidPricingException ex) {
			throw ex.of(source);
		}
	}

	/**
	 * Return the price of a handler that costs nothing.
	 */
	Pricing free() {
		return new Pricing("free", List.of(), new ResourceInfo("", null, null), Pricing.Traits.NONE, this.challenges);
	}

	private Pricing createFrom(String name, String source, List<OfferDefinition> definitions) {
		if (definitions.stream().anyMatch(this.templates::isFree)) {
			return free(definitions);
		}
		List<OfferTemplate> prices = definitions.stream().flatMap(this.templates::create).toList();
		checkDuplicates(prices);
		List<OfferTemplate> topUps = this.prepaid.topUps().create(definitions, prices);
		List<OfferTemplate> offers = Stream.concat(prices.stream(), topUps.stream()).toList();
		OfferDefinition first = definitions.get(0);
		ResourceInfo resource = new ResourceInfo("", description(first), mimeType(first), this.service.serviceName(),
				this.service.tags(), this.service.iconUrl());
		Pricing pricing = new Pricing(name, offers, resource, this.traits.of(name, definitions, this.prepaid),
				this.challenges);
		checkBudget(pricing, resource);
		return pricing;
	}

	private static void checkDuplicates(List<OfferTemplate> offers) {
		Set<Object> distinct = new HashSet<>();
		for (OfferTemplate offer : offers) {
			if (!distinct.add(offer.identity())) {
				throw new InvalidPricingException("price", offer.values().price().text(),
						"two offers on " + offer.network().name() + " are identical",
						"Remove one of them, or let them differ in price, network, asset, recipient, scheme or flow.");
			}
		}
	}

	private Pricing free(List<OfferDefinition> definitions) {
		if (definitions.size() > 1) {
			throw new InvalidPricingException("price", Price.FREE, "a free handler must have no other offers",
					"Remove the other offers, or the free one.");
		}
		return free();
	}

	private @Nullable String mimeType(OfferDefinition definition) {
		return emptyToNull(this.templates.resolve("mimeType", definition.mimeType()));
	}

	private @Nullable String description(OfferDefinition definition) {
		String description = this.templates.resolve("description", definition.description());
		int maxLength = this.challenges.maxDescriptionLength();
		if (description.length() > maxLength) {
			throw new InvalidPricingException("description", description.substring(0, Math.min(40, maxLength)) + "…",
					"facilitators refuse more than " + maxLength + " characters, and this has " + description.length(),
					"Shorten the description, or set the limit of your facilitator with "
							+ "x402.facilitator.limits.max-description-length.");
		}
		return emptyToNull(description);
	}

	private void checkBudget(Pricing pricing, ResourceInfo resource) {
		if (!pricing.staticOffers().isEmpty()) {
			try {
				this.challenges.encoder(new PaymentOffers(resource, pricing.staticOffers().subList(0, 1)), null, null)
					.checkBudget();
			}
			catch (IllegalStateException ex) {
				throw new InvalidPricingException("description", "", String.valueOf(ex.getMessage()),
						"Shorten the description and other texts of the offer, or raise x402.header-limit and with "
								+ "it the limits of your server and proxies.");
			}
		}
	}

	private static @Nullable String emptyToNull(String text) {
		return text.isEmpty() ? null : text;
	}

}
