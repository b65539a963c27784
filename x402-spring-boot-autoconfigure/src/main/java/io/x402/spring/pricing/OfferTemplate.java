/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Asset;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Price;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * One offer on one network, complete except for values that depend on the request.
 *
 * @param network the network
 * @param values price, asset and recipient
 * @param conditions the other attributes
 * @param topUp whether it buys a balance
 * @param recipients checks recipients
 * @param customizer customizes offers
 */
record OfferTemplate(Network network, Values values, Conditions conditions, boolean topUp, RecipientCheck recipients,
		UnaryOperator<PaymentRequirements> customizer) {

	/**
	 * Create offers for a request.
	 * @param templates the offers to create
	 * @param request the request
	 * @return the offers, none if the request is free
	 */
	static List<PaymentRequirements> create(List<OfferTemplate> templates, PricingRequest request) {
		List<PaymentRequirements> offers = new ArrayList<>(templates.size());
		for (OfferTemplate template : templates) {
			String price = template.values().price().get(request);
			if (Price.FREE.equals(price)) {
				return List.of();
			}
			offers.add(template.create(price, template.values().asset().get(request),
					template.values().payTo().get(request)));
		}
		return TopUpRule.payable(offers);
	}

	/**
	 * Create the offer if it does not depend on the request.
	 * @return the offer, or nothing if it depends on the request
	 * @throws InvalidPricingException if the values that are known cannot make an offer
	 */
	Optional<PaymentRequirements> fixed() {
		Optional<String> price = this.values.price().fixed();
		Optional<String> asset = this.values.asset().fixed();
		Optional<String> payTo = this.values.payTo().fixed();
		check(price, asset);
		return (price.isPresent() && asset.isPresent() && payTo.isPresent())
				? Optional.of(create(price.get(), asset.get(), payTo.get())) : Optional.empty();
	}

	/**
	 * Return the values by which a buyer tells offers apart.
	 */
	Object identity() {
		return fixed().<Object>map((offer) -> offer)
			.orElseGet(() -> List.of(this.network.id(), this.values.price().text(), this.values.asset().text(),
					this.values.payTo().text(), this.conditions, this.topUp));
	}

	private void check(Optional<String> price, Optional<String> asset) {
		if (price.isPresent() && asset.isPresent()) {
			charge(price.get(), asset.get());
		}
		else if (price.isPresent()) {
			parse(price.get());
			this.conditions.requireTimeout(null);
		}
		else {
			this.conditions.requireTimeout(
					asset.filter((text) -> !text.isEmpty()).map((text) -> token("asset", text, text)).orElse(null));
		}
	}

	PricedOffer describe(@Nullable PaymentRequirements requirements) {
		return new PricedOffer(this.values.price().text(), this.network, this.conditions.scheme(),
				this.conditions.flow(), this.topUp, requirements);
	}

	private PaymentRequirements create(String priceText, String assetText, String payTo) {
		Charge charge = charge(priceText, assetText);
		this.recipients.check(this.network, payTo);
		PaymentRequirements offer = this.customizer.apply(new PaymentRequirements(this.conditions.scheme().wireName(),
				this.network.id(), charge.amount(), charge.token().address(), payTo,
				this.conditions.maxTimeoutSeconds(), this.conditions.addTo(charge.token().offerExtra())));
		return this.topUp ? offer.asTopUp() : offer;
	}

	private Charge charge(String priceText, String assetText) {
		Price parsed = parse(priceText);
		Asset token = assetText.isEmpty() ? null : token("asset", assetText, assetText);
		Asset named = (token == null || parsed.symbol() != null) ? token("price", priceText, parsed.symbol()) : token;
		if (token != null && !named.equals(token)) {
			throw new InvalidPricingException("price", priceText,
					"the price names another asset than '" + assetText + "'", "Name the asset in one place only.");
		}
		this.conditions.requireTimeout(named);
		try {
			return new Charge(named, named.toAtomic(parsed.amount()));
		}
		catch (InvalidPriceException ex) {
			throw invalidPrice(priceText, ex);
		}
	}

	private static Price parse(String priceText) {
		Price price;
		try {
			price = Price.parse(priceText);
		}
		catch (InvalidPriceException ex) {
			throw invalidPrice(priceText, ex);
		}
		if (price.amount().signum() == 0) {
			throw new InvalidPricingException("price", priceText, "a price must be more than zero",
					"Write 'free' to charge nothing.");
		}
		return price;
	}

	private static InvalidPricingException invalidPrice(String priceText, InvalidPriceException ex) {
		return new InvalidPricingException("price", priceText, ex.getMessage(),
				"Write a decimal price such as $0.05 or '0.05 USDC', or 'free'.");
	}

	private Asset token(String attribute, String value, @Nullable String symbolOrAddress) {
		try {
			return this.network.asset(symbolOrAddress);
		}
		catch (InvalidPriceException ex) {
			if (this.network.assets().isEmpty()) {
				throw new InvalidPricingException("network", this.network.name(), ex.getMessage(),
						"Add a token of the network under x402.assets, or use a network that has one, such as base-sepolia.");
			}
			throw new InvalidPricingException(attribute, value, ex.getMessage(),
					"Name a token of the network by its ticker, as asset also by its address, or none for the default.");
		}
	}

	/**
	 * Values that may depend on the request.
	 *
	 * @param price the price
	 * @param asset the asset, empty for the ticker of the price or the default
	 * @param payTo the recipient
	 */
	record Values(OfferValue price, OfferValue asset, OfferValue payTo) {

	}

	/**
	 * Attributes that never depend on the request.
	 *
	 * @param maxTimeoutSeconds validity that the buyer must sign for, in seconds
	 * @param scheme how the charged amount follows from the price
	 * @param flow when money moves in relation to the handler
	 */
	record Conditions(int maxTimeoutSeconds, PaymentScheme scheme, PaymentFlow flow) {

		private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

		static InvalidPricingException invalidTimeout(Duration timeout) {
			return new InvalidPricingException("maxTimeout", timeout.toString(),
					"maxTimeout must be between 10 seconds and 1 day, or 7 days for a token of Circle Gateway",
					"Choose a time that covers the handler and the settlement.");
		}

		/**
		 * Only payments through Circle Gateway may be valid for days. Which token it is
		 * must be known before there is a request.
		 * @param token the token, or {@code null} if it is not known
		 */
		void requireTimeout(@Nullable Asset token) {
			Duration timeout = Duration.ofSeconds(this.maxTimeoutSeconds);
			boolean throughGateway = token != null && this.scheme == PaymentScheme.EXACT
					&& GatewayBatch.isDomain(token.eip712Name());
			if (!throughGateway && timeout.compareTo(MAX_TIMEOUT) > 0) {
				throw invalidTimeout(timeout);
			}
		}

		Map<String, Object> addTo(Map<String, Object> assetExtra) {
			Map<String, Object> extra = new LinkedHashMap<>(assetExtra);
			if (this.flow != PaymentFlow.AUTHORIZATION) {
				extra.put(PaymentRequirements.PAYMENT_FLOW, this.flow.wireName());
			}
			extra.putAll(this.scheme.rules().offerExtra());
			return extra;
		}

	}

	/**
	 * An amount of a token.
	 *
	 * @param token the token
	 * @param amount the amount in atomic units, greater than zero
	 */
	private record Charge(Asset token, BigInteger amount) {

	}

}
