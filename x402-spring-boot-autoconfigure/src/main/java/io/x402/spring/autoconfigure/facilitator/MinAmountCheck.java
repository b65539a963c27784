/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.math.BigDecimal;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * {@link OfferCheck} that refuses prices below the minimum of the facilitator.
 */
final class MinAmountCheck implements OfferCheck {

	private static final Map<String, BigDecimal> KNOWN = Map.of("api.cdp.coinbase.com", new BigDecimal("0.001"));

	private final Networks networks;

	private final BigDecimal min;

	/**
	 * Create a check.
	 * @param networks the known networks
	 * @param min minimum price in tokens
	 */
	MinAmountCheck(Networks networks, BigDecimal min) {
		this.networks = networks;
		this.min = min;
	}

	/**
	 * Return the known minimum price of a facilitator.
	 * @param facilitator its address
	 * @return the price in tokens, zero if not known
	 */
	static BigDecimal knownOf(URI facilitator) {
		String host = String.valueOf(facilitator.getHost()).toLowerCase(Locale.ROOT);
		return KNOWN.getOrDefault(host, BigDecimal.ZERO);
	}

	@Override
	public void check(PaymentRequirements offer) {
		BigDecimal price = price(offer);
		if (price != null && price.compareTo(this.min) < 0) {
			throw new InvalidPricingException("price", price.stripTrailingZeros().toPlainString(),
					"the facilitator does not settle less than " + this.min.toPlainString(),
					"Raise the price, or set the minimum of your facilitator with "
							+ "x402.facilitator.limits.min-amount.");
		}
	}

	private @Nullable BigDecimal price(PaymentRequirements offer) {
		try {
			int decimals = this.networks.get(offer.network()).asset(offer.asset()).decimals();
			return new BigDecimal(offer.amount(), decimals);
		}
		catch (InvalidPriceException ex) {
			return null;
		}
	}

}
