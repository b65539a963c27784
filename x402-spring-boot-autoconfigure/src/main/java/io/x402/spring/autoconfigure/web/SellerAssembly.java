/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.List;

import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedMethods;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.PricingCheck;
import io.x402.spring.store.PaymentStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Assembles what applications that sell have in common, whichever web stack they are on.
 *
 * @since 0.2.0
 */
public final class SellerAssembly {

	private static final Log logger = LogFactory.getLog(SellerAssembly.class);

	private SellerAssembly() {
	}

	/**
	 * Start to build prices as the properties and the beans of an application have them.
	 * @param beanFactory has the properties and what takes part in pricing
	 * @return the builder, to which the web stack adds what is its own
	 */
	public static HandlerPricing.Builder pricing(ConfigurableListableBeanFactory beanFactory) {
		return SellerPricing.builder(beanFactory);
	}

	/**
	 * Create the checks of the startup: every price can be offered, everything annotated
	 * is sold, and no bean waits for the other web stack. They log which mappings are
	 * paid.
	 * @param beanFactory has the properties, the mappings and what takes part in pricing
	 * @param stack web stack of the application
	 * @param facilitator facilitator of the application
	 * @param store store of claims
	 * @return the checks
	 */
	public static SmartInitializingSingleton checks(ConfigurableListableBeanFactory beanFactory, WebStack stack,
			Facilitator facilitator, PaymentStore store) {
		return () -> {
			SellerSetup setup = SellerSetup.of(facilitator, store,
					beanFactory.getBean(X402Properties.class).baseUrl() != null || stack.resolvesUrls());
			List<OfferCheck> checks = beanFactory.getBeanProvider(OfferCheck.class).orderedStream().toList();
			new PaymentMappingReport(beanFactory.getBean(PricingCatalog.class), stack,
					new PricingCheck(checks, setup.publicUrlKnown(), setup.simulated()), setup)
				.run();
			new UnmappedPriceCheck(beanFactory, new KnownHandlers(stack),
					beanFactory.getBeanProvider(PricedMethods.class))
				.run();
			OtherStackCheck.of(beanFactory, stack.isReactive()).run();
		};
	}

	/**
	 * Warn that payments are disabled.
	 * @param catalog lists the mappings
	 * @return logs the warning at startup
	 */
	public static SmartInitializingSingleton disabled(PricingCatalog catalog) {
		return () -> logger.warn("Payments are disabled by x402.enabled=false: " + priced(catalog)
				+ " respond with 503 Service Unavailable. Remove the property to sell.");
	}

	private static String priced(PricingCatalog catalog) {
		try {
			return catalog.handlers().stream().filter(PricedHandler::isPaid).count() + " priced mappings";
		}
		catch (InvalidPricingException ex) {
			return "priced mappings";
		}
	}

}
