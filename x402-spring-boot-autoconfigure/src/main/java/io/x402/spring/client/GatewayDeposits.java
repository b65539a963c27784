/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;
import java.util.Map;

import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Deposits at Circle Gateway from which offers may be paid. Sellers name the contract
 * that holds them, and the buyer signs only for those that it was told.
 *
 * @param contracts contracts by CAIP-2 identifier of their network; where there is none,
 * offers of the gateway are not taken
 * @param maxValidity most time for which a payment is valid, whatever the seller asks for
 * @param preferred whether an offer of the gateway is taken before those of the token
 */
record GatewayDeposits(Map<String, String> contracts, Duration maxValidity, boolean preferred) {

	GatewayDeposits {
		contracts = Map.copyOf(contracts);
	}

	/**
	 * Return deposits that do not exist.
	 */
	static GatewayDeposits none() {
		return new GatewayDeposits(Map.of(), Duration.ZERO, false);
	}

	/**
	 * Return what is signed of an offer.
	 * @param offer an offer that is paid through the gateway
	 * @return its {@code extra}, or {@code null} if the offer must not be taken
	 */
	@Nullable Map<String, Object> extra(PaymentRequirements offer) {
		String contract = this.contracts.get(offer.network());
		return (contract != null && GatewayBatch.isOf(offer, contract)) ? GatewayBatch.extra(contract) : null;
	}

}
