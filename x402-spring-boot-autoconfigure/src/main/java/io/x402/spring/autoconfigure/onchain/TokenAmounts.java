/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.util.Map;
import java.util.function.ToIntFunction;

import io.x402.spring.autoconfigure.TokenAmount;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Compares the amount of an offer with an amount in tokens.
 */
final class TokenAmounts {

	private final Networks networks;

	TokenAmounts(Networks networks) {
		this.networks = networks;
	}

	/**
	 * Return whether an offer exceeds an amount.
	 * @return {@code true} also if the decimals of the token are not known
	 */
	boolean isAbove(PaymentRequirements offer, BigDecimal tokens) {
		BigDecimal amount = tokens(offer);
		return amount == null || amount.compareTo(tokens) > 0;
	}

	ToIntFunction<PaymentRequirements> confirmations(int number, Map<TokenAmount, Integer> above) {
		return (offer) -> Math.max(number,
				above.entrySet()
					.stream()
					.filter((entry) -> isAbove(offer, entry.getKey().tokens()))
					.mapToInt(Map.Entry::getValue)
					.max()
					.orElse(number));
	}

	private @Nullable BigDecimal tokens(PaymentRequirements offer) {
		Network network = this.networks.byId(offer.network());
		try {
			return (network != null) ? network.asset(offer.asset()).toTokens(offer.amount()) : null;
		}
		catch (InvalidPriceException ex) {
			return null;
		}
	}

}
