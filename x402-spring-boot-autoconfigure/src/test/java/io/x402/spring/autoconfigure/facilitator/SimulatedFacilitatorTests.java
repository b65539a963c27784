/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.facilitator.SimulatedFacilitator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Play money is not taken for real goods.
 */
class SimulatedFacilitatorTests {

	private final WebApplicationContextRunner runner = Startup.with(Priced.class)
		.withPropertyValues(Startup.PAY_TO, "x402.facilitator.type=simulated", "x402.base-url=https://api.example.com");

	@Test
	void whenOfferIsOnTestNetworkThenPaymentsAreSimulated() {
		this.runner.withPropertyValues("x402.network=base-sepolia")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SimulatedFacilitator.class));
	}

	@Test
	void whenOfferIsForRealMoneyThenApplicationDoesNotStart() {
		this.runner.withPropertyValues("x402.network=base-sepolia,base").run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("network", "eip155:8453", "Priced#sold",
					"test networks only");
			assertThat(analysis.getAction()).contains("base-sepolia", "x402.facilitator.type");
		});
	}

	@RestController
	static class Priced {

		@PaymentRequired(price = "$0.05")
		@GetMapping("/sold")
		String sold() {
			return "sold";
		}

	}

}
