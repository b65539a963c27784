/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.onchain.GasBalances;
import io.x402.spring.evm.onchain.GasBalances.GasBalance;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} for the accounts that pay for gas. Reports down if no node
 * responds or the balance of an account is below the minimum.
 */
final class OnChainHealthIndicator extends AbstractHealthIndicator {

	private final GasBalances balances;

	private final BigDecimal low;

	OnChainHealthIndicator(GasBalances balances, BigDecimal low) {
		super("The balances of accounts on chain could not be read");
		this.balances = balances;
		this.low = low;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<GasBalance> all = this.balances.get();
		if (all.isEmpty() || all.stream().anyMatch((balance) -> balance.balance().compareTo(this.low) < 0)) {
			builder.down();
		}
		else {
			builder.up();
		}
		Map<String, Map<String, BigDecimal>> details = new LinkedHashMap<>();
		all.forEach((balance) -> details.computeIfAbsent(balance.network(), (network) -> new LinkedHashMap<>())
			.put(balance.account(), balance.balance()));
		builder.withDetail("gas", details);
	}

}
