package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Asset;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Price;
import io.x402.spring.protocol.PaymentRequirements;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * One offer on one network, complete but for what depends on the request.
 *
 * @param network the network
 * @param price the price
 * @param asset the asset, empty for the ticker of the price or the default
 * @param payTo the receiver
 * @param maxTimeoutSeconds validity the buyer has to sign for, in seconds
 * @param scheme how the amount that is charged follows from the price
 * @param flow when money moves
 * @param receivers checks receivers
 * @param customizer changes offers
 */
record OfferTemplate(Network network, OfferValue price, OfferValue asset, OfferValue payTo, int maxTimeoutSeconds,
		PaymentScheme scheme, PaymentFlow flow, ReceiverCheck receivers,
		UnaryOperator<PaymentRequirements> customizer) {

	boolean isDynamic() {
		return this.price.isDynamic() || this.asset.isDynamic() || this.payTo.isDynamic();
	}

	/**
	 * Create offers for a request.
	 * @param templates the offers to create
	 * @param request the request
	 * @return the offers, none if the request is free
	 */
	static List<PaymentRequirements> create(List<OfferTemplate> templates, HttpServletRequest request) {
		List<PaymentRequirements> offers = new ArrayList<>(templates.size());
		for (OfferTemplate template : templates) {
			String price = template.price().get(request);
			if (Price.FREE.equals(price)) {
				return List.of();
			}
			offers.add(template.create(price, request));
		}
		return offers;
	}

	PaymentRequirements create(@Nullable HttpServletRequest request) {
		return create(this.price.get(request), request);
	}

	/**
	 * Check those values that do not depend on the request.
	 * @throws InvalidPricingException if no request can make an offer of it
	 */
	void check() {
		if (!this.price.isDynamic() && !this.asset.isDynamic()) {
			charge(this.price.get(null), this.asset.get(null));
		}
		else if (!this.price.isDynamic()) {
			parse(this.price.get(null));
		}
		else if (!this.asset.isDynamic() && !this.asset.get(null).isEmpty()) {
			token(this.asset.get(null));
		}
	}

	private PaymentRequirements create(String priceText, @Nullable HttpServletRequest request) {
		Charge charge = charge(priceText, this.asset.get(request));
		String receiver = this.payTo.get(request);
		this.receivers.check(this.network, receiver);
		Map<String, Object> extra = new LinkedHashMap<>(charge.token().offerExtra());
		if (this.flow != PaymentFlow.AUTHORIZATION) {
			extra.put(PaymentRequirements.PAYMENT_FLOW, this.flow.wireName());
		}
		extra.putAll(this.scheme.rules().offerExtra());
		return this.customizer.apply(new PaymentRequirements(this.scheme.wireName(), this.network.id(), charge.amount(),
				charge.token().address(), receiver, this.maxTimeoutSeconds, extra));
	}

	private Charge charge(String priceText, String assetText) {
		Price parsed = parse(priceText);
		Asset token = assetText.isEmpty() ? null : token(assetText);
		try {
			Asset named = (token == null || parsed.symbol() != null) ? this.network.asset(parsed.symbol()) : token;
			if (token != null && !named.equals(token)) {
				throw new InvalidPriceException("the price names another asset than '" + assetText + "'");
			}
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
			throw new InvalidPricingException("price", priceText, "a price is more than zero",
					"Write 'free' if nothing is to be asked for.");
		}
		return price;
	}

	private static InvalidPricingException invalidPrice(String priceText, InvalidPriceException ex) {
		return new InvalidPricingException("price", priceText, ex.getMessage(),
				"Write a decimal price such as $0.05 or '0.05 USDC', or 'free'.");
	}

	private Asset token(String assetText) {
		try {
			return this.network.asset(assetText);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPricingException("asset", assetText, ex.getMessage(),
					"Name an asset of the network by its ticker or address.");
		}
	}

	/**
	 * What is moved.
	 *
	 * @param token the token
	 * @param amount how much of it, in atomic units, greater than zero
	 */
	private record Charge(Asset token, BigInteger amount) {

	}

}
