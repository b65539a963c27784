/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.x402.spring.PaymentFlow;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Builds the {@link HandlerPricing} of a transport.
 *
 * @since 0.1.0
 */
public final class HandlerPricingBuilder {

	private final Networks networks;

	private final ConfigurableBeanFactory beanFactory;

	private final PaymentCodec codec;

	private PricingDefaults defaults = new PricingDefaults(null, List.of(), Duration.ofMinutes(5),
			PaymentFlow.AUTHORIZATION);

	private ChallengeSettings challenges = new ChallengeSettings(EnumSet.allOf(ProtocolVersion.class), 6144, 500,
			Map.of());

	private Predicate<String> checksum = (address) -> true;

	private List<PaymentRequirementsCustomizer> customizers = List.of();

	private Supplier<@Nullable SupportedResponse> supported = () -> null;

	private BooleanSupplier transactions = () -> false;

	private List<PaymentRoute> routes = List.of();

	private PathPatternParser parser = PathPatternParser.defaultInstance;

	private List<Class<?>> asynchronousTypes = List.of();

	/**
	 * Create a builder.
	 * @param networks the known networks
	 * @param beanFactory where placeholders and beans are looked up
	 * @param codec encodes offers
	 */
	public HandlerPricingBuilder(Networks networks, ConfigurableBeanFactory beanFactory, PaymentCodec codec) {
		this.networks = networks;
		this.beanFactory = beanFactory;
		this.codec = codec;
	}

	/**
	 * Set the defaults for attributes that an offer does not set.
	 * @param defaults the defaults
	 * @return this builder
	 */
	public HandlerPricingBuilder defaults(PricingDefaults defaults) {
		this.defaults = defaults;
		return this;
	}

	/**
	 * Set how challenges are written.
	 * @param challenges the settings
	 * @return this builder
	 */
	public HandlerPricingBuilder challenges(ChallengeSettings challenges) {
		this.challenges = challenges;
		return this;
	}

	/**
	 * Set the check of the letter case of EVM addresses.
	 * @param checksum returns whether the checksum of an address is correct
	 * @return this builder
	 */
	public HandlerPricingBuilder checksum(Predicate<String> checksum) {
		this.checksum = checksum;
		return this;
	}

	/**
	 * Set the customizers of offers.
	 * @param customizers the customizers, in order
	 * @return this builder
	 */
	public HandlerPricingBuilder customizers(List<PaymentRequirementsCustomizer> customizers) {
		this.customizers = List.copyOf(customizers);
		return this;
	}

	/**
	 * Set the entries that the facilitator adds to offers.
	 * @param supported returns without waiting what the facilitator supports,
	 * {@code null} while that is unknown
	 * @return this builder
	 */
	public HandlerPricingBuilder supported(Supplier<@Nullable SupportedResponse> supported) {
		this.supported = supported;
		return this;
	}

	/**
	 * Set whether transactions can be bound to payments.
	 * @param transactions returns whether there is one transaction manager
	 * @return this builder
	 */
	public HandlerPricingBuilder transactions(BooleanSupplier transactions) {
		this.transactions = transactions;
		return this;
	}

	/**
	 * Set the prices by path.
	 * @param routes the routes, of which the first match counts
	 * @param parser the parser whose patterns the transport routes on
	 * @return this builder
	 */
	public HandlerPricingBuilder routes(List<PaymentRoute> routes, PathPatternParser parser) {
		this.routes = List.copyOf(routes);
		this.parser = parser;
		return this;
	}

	/**
	 * Set the return types of handlers that respond on another thread, besides those of
	 * the JDK and of reactive libraries.
	 * @param types the types
	 * @return this builder
	 */
	public HandlerPricingBuilder asynchronousTypes(List<Class<?>> types) {
		this.asynchronousTypes = List.copyOf(types);
		return this;
	}

	/**
	 * Build the prices.
	 * @return the prices of the transport
	 * @throws InvalidPricingException if a route has a price that cannot be offered
	 */
	public HandlerPricing build() {
		OfferTemplates templates = new OfferTemplates(this.networks, this.defaults, this.beanFactory,
				new RecipientCheck(this.checksum), this::customize);
		PricingFactory factory = new PricingFactory(templates,
				new Challenges(this.codec, this.challenges, this.networks, this.supported),
				this.challenges.maxDescriptionLength(), this.transactions);
		return new HandlerPricing(factory, new RoutePricing(this.routes, this.parser, factory),
				new AsynchronousHandlers(this.asynchronousTypes));
	}

	private PaymentRequirements customize(PaymentRequirements offer) {
		PaymentRequirements customized = offer;
		for (PaymentRequirementsCustomizer customizer : this.customizers) {
			customized = customizer.customize(customized);
		}
		return customized;
	}

}
