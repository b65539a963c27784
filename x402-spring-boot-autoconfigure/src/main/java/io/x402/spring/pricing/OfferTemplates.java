/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.Price;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Resolves placeholders and defaults of offer definitions, and refuses definitions that
 * no offer can be made of.
 */
final class OfferTemplates {

	private static final Duration MIN_TIMEOUT = Duration.ofSeconds(10);

	private final Networks networks;

	private final PricingDefaults defaults;

	private final ConfigurableBeanFactory beanFactory;

	private final RecipientCheck recipients;

	private final UnaryOperator<PaymentRequirements> customizer;

	/**
	 * Create an instance.
	 * @param networks the known networks
	 * @param defaults defaults for attributes that an offer does not set
	 * @param beanFactory where placeholders and beans are looked up
	 * @param recipients checks recipients
	 * @param customizer customizes offers
	 */
	OfferTemplates(Networks networks, PricingDefaults defaults, ConfigurableBeanFactory beanFactory,
			RecipientCheck recipients, UnaryOperator<PaymentRequirements> customizer) {
		this.networks = networks;
		this.defaults = defaults;
		this.beanFactory = beanFactory;
		this.recipients = recipients;
		this.customizer = customizer;
	}

	/**
	 * Return whether a definition charges nothing, whatever the request.
	 */
	boolean isFree(OfferDefinition definition) {
		return price(definition).fixed().filter(Price.FREE::equals).isPresent();
	}

	/**
	 * Return the flow of an offer.
	 */
	PaymentFlow flow(OfferDefinition definition) {
		return (definition.flow() != null) ? definition.flow() : this.defaults.flow();
	}

	/**
	 * Create templates, one for each network.
	 * @param definition the offer as it is written
	 * @return the templates
	 * @throws InvalidPricingException if no offer can be made of it
	 */
	Stream<OfferTemplate> create(OfferDefinition definition) {
		return networks(definition).stream().map((network) -> create(definition, network, price(definition), false));
	}

	/**
	 * Create templates of top-ups, one for each network.
	 * @param definition the offer beside which they stand
	 * @param amount the amount that is bought, with placeholders resolved
	 * @return the templates
	 */
	Stream<OfferTemplate> createTopUps(OfferDefinition definition, String amount) {
		OfferValue price = OfferValue.of(TopUpRule.ATTRIBUTE, amount, this.beanFactory);
		return networks(definition).stream().map((network) -> create(definition, network, price, true));
	}

	/**
	 * Resolve the placeholders of an attribute.
	 */
	String resolve(String attribute, String text) {
		return OfferValue.resolve(attribute, text, this.beanFactory);
	}

	private OfferValue price(OfferDefinition definition) {
		return OfferValue.of("price", definition.price(), this.beanFactory);
	}

	private OfferTemplate create(OfferDefinition definition, Network network, OfferValue price, boolean topUp) {
		OfferValue payTo = recipient(definition);
		payTo.fixed().ifPresent((address) -> this.recipients.check(network, address));
		checkScheme(definition, network);
		OfferValue asset = OfferValue.of("asset", definition.asset(), this.beanFactory);
		return new OfferTemplate(network, new OfferTemplate.Values(price, asset, payTo),
				new OfferTemplate.Conditions(maxTimeout(definition), definition.scheme(), flow(definition)), topUp,
				this.recipients, this.customizer);
	}

	private OfferValue recipient(OfferDefinition definition) {
		OfferValue payTo = OfferValue.of("payTo", definition.payTo(), this.beanFactory);
		return (payTo.text().isEmpty() && this.defaults.payTo() != null)
				? OfferValue.of("payTo", this.defaults.payTo(), this.beanFactory) : payTo;
	}

	private void checkScheme(OfferDefinition definition, Network network) {
		PaymentScheme scheme = definition.scheme();
		if (!scheme.rules().isOn(network.networkId())) {
			throw new InvalidPricingException("scheme", scheme.name(),
					"scheme " + scheme.wireName() + " is not supported on " + network.name(),
					"Name EVM networks such as base, or use scheme EXACT.");
		}
		if (scheme.rules().isMetered() && flow(definition) == PaymentFlow.UPFRONT) {
			throw new InvalidPricingException("scheme", scheme.name(),
					"an upfront payment is settled before the handler can decide the charged amount",
					"Use the flow AUTHORIZATION, or scheme EXACT.");
		}
	}

	private List<Network> networks(OfferDefinition definition) {
		List<String> names = definition.networks().isEmpty() ? this.defaults.networks() : definition.networks();
		return names.stream().map((name) -> network(resolve("network", name))).toList();
	}

	private Network network(String name) {
		try {
			return this.networks.get(name);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPricingException("network", name, ex.getMessage(),
					"Use a well-known name such as base or base-sepolia, or a CAIP-2 identifier such as eip155:8453.");
		}
	}

	private int maxTimeout(OfferDefinition definition) {
		String text = resolve("maxTimeout", definition.maxTimeout());
		Duration duration = text.isEmpty() ? this.defaults.maxTimeout() : parse(text);
		if (duration.compareTo(MIN_TIMEOUT) < 0 || duration.compareTo(GatewayBatch.MAX_TIMEOUT) > 0) {
			throw OfferTemplate.Conditions.invalidTimeout(duration);
		}
		return (int) duration.toSeconds();
	}

	private static Duration parse(String text) {
		try {
			return DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPricingException("maxTimeout", text, "this is not a duration",
					"Write a duration such as 60s or PT1M.");
		}
	}

}
