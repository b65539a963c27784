/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Price;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Finds the top-ups that stand beside the offers of a handler. One that the handler names
 * itself must be possible, the default is left out where it is not.
 */
final class TopUps {

	/** Excludes a handler from the default. */
	private static final String NONE = "none";

	private final OfferTemplates templates;

	private final String amount;

	private final BooleanSupplier sold;

	/**
	 * Create an instance.
	 * @param templates creates offers
	 * @param amount the default, empty for none
	 * @param sold returns whether balances are sold
	 */
	TopUps(OfferTemplates templates, String amount, BooleanSupplier sold) {
		this.templates = templates;
		this.amount = amount;
		this.sold = sold;
	}

	/**
	 * Find the top-ups of a handler.
	 * @param definitions its offers, at least one
	 * @param prices the same offers, created
	 * @return the top-ups, none if it takes no balance
	 * @throws InvalidPricingException if one that it names cannot be offered
	 */
	List<OfferTemplate> create(List<OfferDefinition> definitions, List<OfferTemplate> prices) {
		Map<Object, OfferTemplate> distinct = new LinkedHashMap<>();
		definitions.stream()
			.flatMap((definition) -> create(definition, definitions, prices))
			.forEach((topUp) -> distinct.putIfAbsent(topUp.identity(), topUp));
		return List.copyOf(distinct.values());
	}

	private Stream<OfferTemplate> create(OfferDefinition definition, List<OfferDefinition> all,
			List<OfferTemplate> prices) {
		String named = this.templates.resolve(TopUpRule.ATTRIBUTE, definition.topUp());
		String text = named.isEmpty() ? this.amount : named;
		if (text.isEmpty() || NONE.equals(text)) {
			return Stream.empty();
		}
		check(text);
		InvalidPricingException obstacle = obstacle(text, all);
		List<OfferTemplate> payable = List.of();
		if (obstacle == null) {
			try {
				List<OfferTemplate> topUps = this.templates.createTopUps(definition, text).toList();
				payable = topUps.stream()
					.filter((topUp) -> isPayable(topUp, prices) && !isAmbiguous(topUp, prices))
					.toList();
				obstacle = obstacle(text, topUps, prices);
			}
			catch (InvalidPricingException ex) {
				obstacle = ex;
			}
		}
		if (obstacle != null && !named.isEmpty()) {
			throw obstacle;
		}
		return payable.stream();
	}

	private static void check(String text) {
		try {
			Price.parse(text);
		}
		catch (InvalidPriceException ex) {
			throw invalid(text, ex.getMessage(), "Write an amount such as $5, or 'none' for no top-up.");
		}
	}

	/**
	 * Return the top-up that a handler names itself.
	 * @return its amount as it is written, or {@code null} if there is none
	 */
	@Nullable String named(List<OfferDefinition> definitions) {
		return definitions.stream()
			.map((definition) -> this.templates.resolve(TopUpRule.ATTRIBUTE, definition.topUp()))
			.filter((text) -> !text.isEmpty() && !NONE.equals(text))
			.findFirst()
			.orElse(null);
	}

	private @Nullable InvalidPricingException obstacle(String text, List<OfferDefinition> all) {
		if (!this.sold.getAsBoolean()) {
			return invalid(text, "there is no PassStore, or nothing takes balances here",
					"Use one of the stores of x402.store.type or declare a PassStore bean; only handlers of Spring "
							+ "MVC and WebFlux take balances.");
		}
		if (all.stream().anyMatch((definition) -> definition.scheme().rules().isMetered())) {
			return invalid(text, "a metered payment has no fixed price", "Use scheme EXACT, or leave topUp out.");
		}
		if (all.stream().anyMatch(OfferDefinition::transactional)) {
			return invalid(text, "a call from a balance has no payment that a transaction could be bound to",
					"Leave transactional or topUp out.");
		}
		if (all.stream().anyMatch((definition) -> !definition.pass().equals(PassDefinition.NONE))) {
			return invalid(text, "the handler sells a pass", "Leave pass or topUp out.");
		}
		return null;
	}

	private static @Nullable InvalidPricingException obstacle(String text, List<OfferTemplate> topUps,
			List<OfferTemplate> prices) {
		if (!topUps.stream().allMatch((topUp) -> isPayable(topUp, prices))) {
			return invalid(text, "it buys a balance that could pay no call here",
					"Name an amount above the price, in the same token, of at most " + TopUpRule.MAX_AMOUNT
							+ " atomic units.");
		}
		if (topUps.stream().anyMatch((topUp) -> isAmbiguous(topUp, prices))) {
			return invalid(text, "it costs as much as one of the prices, and a payment in version 1 of the protocol "
					+ "could mean both", "Name another amount.");
		}
		return null;
	}

	/**
	 * What depends on the request is decided for each request, by {@link TopUpRule}.
	 */
	private static boolean isPayable(OfferTemplate topUp, List<OfferTemplate> prices) {
		Optional<PaymentRequirements> fixed = topUp.fixed();
		return fixed.isEmpty() || prices.stream()
			.map(OfferTemplate::fixed)
			.anyMatch((price) -> price.isEmpty() || TopUpRule.fits(fixed.get(), price.get()));
	}

	private static boolean isAmbiguous(OfferTemplate topUp, List<OfferTemplate> prices) {
		Optional<PaymentRequirements> fixed = topUp.fixed();
		return fixed.isPresent() && prices.stream()
			.flatMap((price) -> price.fixed().stream())
			.anyMatch((price) -> TopUpRule.isAmbiguous(fixed.get(), price));
	}

	private static InvalidPricingException invalid(String value, String problem, String remedy) {
		return new InvalidPricingException(TopUpRule.ATTRIBUTE, value, problem, remedy);
	}

}
