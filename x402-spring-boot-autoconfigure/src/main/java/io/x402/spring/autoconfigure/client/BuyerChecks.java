/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.util.ArrayList;
import java.util.List;

import io.x402.spring.autoconfigure.TokenAmount;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Warns of a buyer that denies every payment. It starts all the same, because a limit of
 * zero is also how purchases are stopped in an emergency.
 */
final class BuyerChecks implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(BuyerChecks.class);

	private static final String PREFIX = "x402.client.";

	private final X402ClientProperties properties;

	private final Networks networks;

	private final boolean approvals;

	BuyerChecks(X402ClientProperties properties, Networks networks, boolean approvals) {
		this.properties = properties;
		this.networks = networks;
		this.approvals = approvals;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> obstacles = obstacles();
		if (!obstacles.isEmpty()) {
			logger.warn("The buyer can never pay: " + String.join(", ", obstacles)
					+ ". Correct these properties, or remove x402.client.enabled.");
		}
		else if (this.properties.limits().approveAbove() != null && !this.approvals) {
			logger.warn("Payments above " + PREFIX + "limits.approve-above=" + this.properties.limits().approveAbove()
					+ " are denied, because there is no PaymentApproval bean to approve them.");
		}
	}

	private List<String> obstacles() {
		List<String> obstacles = new ArrayList<>();
		X402ClientProperties.AmountLimits limits = this.properties.limits();
		addIfZero("max-amount-per-request", limits.maxAmountPerRequest(), obstacles);
		addIfZero("max-amount-per-hour", limits.maxAmountPerHour(), obstacles);
		addIfZero("max-amount-per-day", limits.maxAmountPerDay(), obstacles);
		addIfZero("max-amount-per-host", limits.maxAmountPerHost(), obstacles);
		addIfZero("max-amount-in-total", limits.maxAmountInTotal(), obstacles);
		if (this.properties.sellers().allowedHosts().isEmpty()) {
			obstacles.add(PREFIX + "sellers.allowed-hosts is empty");
		}
		X402ClientProperties.Offers offers = this.properties.offers();
		if (!offers.assets().isEmpty() && offers.networks().stream().noneMatch(this::hasAllowedAsset)) {
			obstacles.add(PREFIX + "offers.assets names no token of " + String.join(", ", offers.networks()));
		}
		return obstacles;
	}

	private static void addIfZero(String name, @Nullable TokenAmount amount, List<String> obstacles) {
		if (amount != null && amount.tokens().signum() == 0) {
			obstacles.add(PREFIX + "limits." + name + " is 0");
		}
	}

	private boolean hasAllowedAsset(String network) {
		return this.networks.get(network).assets().stream().anyMatch(this::isAllowed);
	}

	private boolean isAllowed(Asset asset) {
		return this.properties.offers()
			.assets()
			.stream()
			.anyMatch(
					(allowed) -> allowed.equalsIgnoreCase(asset.symbol()) || allowed.equalsIgnoreCase(asset.address()));
	}

}
