/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that sells, as one that uses the starter.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class TestShop {

	@RestController
	static class Goods {

		private final AtomicInteger runs = new AtomicInteger();

		@GetMapping("/weather")
		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		String weather(VerifiedPayment payment) {
			return "sunny for " + payment.payer() + ", run " + this.runs.incrementAndGet();
		}

		@PostMapping("/echo")
		@PaymentRequired(price = "$0.01", network = { "base", "base-sepolia" })
		String echo(@RequestBody String body) {
			return "echo of " + body;
		}

		@GetMapping("/metered")
		@PaymentRequired(price = "$1", network = "base-sepolia", scheme = PaymentScheme.UPTO)
		String metered(VerifiedPayment payment) {
			payment.charge(new BigDecimal("0.25"));
			return "a quarter of it";
		}

		@GetMapping("/free")
		String free() {
			return "free";
		}

	}

}
