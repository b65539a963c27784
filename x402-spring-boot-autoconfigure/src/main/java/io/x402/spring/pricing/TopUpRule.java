/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Which top-ups can stand beside which prices.
 */
final class TopUpRule {

	static final String ATTRIBUTE = "topUp";

	/** What stores can count. */
	static final BigInteger MAX_AMOUNT = BigInteger.valueOf(Long.MAX_VALUE);

	private TopUpRule() {
	}

	/**
	 * Leave out top-ups whose balance could pay none of the other offers, or that a buyer
	 * could not tell from one of them.
	 * @param offers offers for a request
	 * @return those that can be made
	 */
	static List<PaymentRequirements> payable(List<PaymentRequirements> offers) {
		List<PaymentRequirements> prices = offers.stream().filter((offer) -> !offer.isTopUp()).toList();
		return offers.stream().filter((offer) -> !offer.isTopUp() || fits(offer, prices)).toList();
	}

	private static boolean fits(PaymentRequirements topUp, List<PaymentRequirements> prices) {
		return prices.stream().anyMatch((price) -> fits(topUp, price))
				&& prices.stream().noneMatch((price) -> isAmbiguous(topUp, price));
	}

	/**
	 * Return whether a payment could mean a top-up or a price. One in version 1 of the
	 * protocol names neither the offer nor the token, only the amount and the recipient.
	 */
	static boolean isAmbiguous(PaymentRequirements topUp, PaymentRequirements price) {
		return topUp.network().equals(price.network()) && topUp.networkId().isSameAddress(topUp.payTo(), price.payTo())
				&& topUp.amount().equals(price.amount());
	}

	/**
	 * Return whether the balance that a top-up buys can pay a price.
	 */
	static boolean fits(PaymentRequirements topUp, PaymentRequirements price) {
		return topUp.isPaidLike(price) && topUp.amount().compareTo(price.amount()) > 0
				&& topUp.amount().compareTo(MAX_AMOUNT) <= 0;
	}

}
