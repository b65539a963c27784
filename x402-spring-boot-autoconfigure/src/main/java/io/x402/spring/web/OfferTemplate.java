package io.x402.spring.web;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.x402.spring.money.Asset;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Price;
import io.x402.spring.payment.PaymentFlow;
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
 * @param flow when money moves
 * @param receivers checks receivers
 * @param customizer changes offers
 */
record OfferTemplate(Network network, OfferValue price, OfferValue asset, OfferValue payTo, int maxTimeoutSeconds,
		PaymentFlow flow, ReceiverCheck receivers, UnaryOperator<PaymentRequirements> customizer) {

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

	private PaymentRequirements create(String priceText, @Nullable HttpServletRequest request) {
		String assetText = this.asset.get(request);
		Asset token;
		BigInteger amount;
		try {
			Price parsed = Price.parse(priceText);
			token = asset(parsed, assetText);
			amount = token.toAtomic(parsed.amount());
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPricingException("price", priceText, ex.getMessage(),
					"Write a decimal price such as $0.05 or '0.05 USDC', or 'free'.");
		}
		if (amount.signum() == 0) {
			throw new InvalidPricingException("price", priceText, "a price is more than zero",
					"Write 'free' if nothing is to be asked for.");
		}
		String receiver = this.payTo.get(request);
		this.receivers.check(this.network, receiver);
		Map<String, Object> extra = new LinkedHashMap<>(token.offerExtra());
		if (this.flow != PaymentFlow.AUTHORIZATION) {
			extra.put(PaymentRequirements.PAYMENT_FLOW, this.flow.wireName());
		}
		return this.customizer.apply(new PaymentRequirements("exact", this.network.id(), amount, token.address(),
				receiver, this.maxTimeoutSeconds, extra));
	}

	private Asset asset(Price parsed, String assetText) {
		if (assetText.isEmpty()) {
			return this.network.asset(parsed.symbol());
		}
		Asset token = this.network.asset(assetText);
		if (parsed.symbol() != null && !this.network.asset(parsed.symbol()).equals(token)) {
			throw new InvalidPriceException("the price names another asset than '" + assetText + "'");
		}
		return token;
	}

}
