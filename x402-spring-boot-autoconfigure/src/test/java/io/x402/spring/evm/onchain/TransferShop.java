/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that takes transfers.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(TransferShop.Goods.class)
class TransferShop {

	@Bean
	FacilitatorDouble facilitator() {
		return new FacilitatorDouble();
	}

	@Bean
	MovingClock clock() {
		return MovingClock.running();
	}

	@RestController("goods")
	static class Goods {

		final AtomicInteger runs = new AtomicInteger();

		volatile boolean fails;

		volatile String price = "0.05";

		public String price() {
			return "$" + this.price;
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/report")
		ResponseEntity<String> report(Optional<VerifiedPayment> payment, @RequestParam(defaultValue = "") String city) {
			this.runs.incrementAndGet();
			return this.fails ? ResponseEntity.status(500).body("out of order") : ResponseEntity
				.ok("report " + city + " for " + payment.map(VerifiedPayment::payer).orElse("nobody"));
		}

		@PaymentRequired(price = "$0.05")
		@PostMapping("/report")
		String write(@RequestBody String text) {
			this.runs.incrementAndGet();
			return "wrote " + text;
		}

		@PaymentRequired(price = "#{@goods.price()}")
		@GetMapping("/changing")
		String changing() {
			return "changing";
		}

		@PaymentRequired(price = "#{@goods.price()}")
		@GetMapping("/tier")
		String basic() {
			this.runs.incrementAndGet();
			return "basic";
		}

		@PaymentRequired(price = "$0.50")
		@GetMapping(path = "/tier", headers = "X-Tier=premium")
		String premium() {
			this.runs.incrementAndGet();
			return "premium";
		}

		@PaymentRequired(price = "$0.05", pass = @Pass(uses = 3))
		@GetMapping("/pass")
		String pass() {
			return "pass";
		}

		@PaymentRequired(price = "$0.05", asset = "FEE")
		@GetMapping("/fee")
		String fee() {
			this.runs.incrementAndGet();
			return "fee";
		}

		@PaymentRequired(price = "$0.05", network = "avalanche-fuji")
		@GetMapping("/elsewhere")
		String elsewhere() {
			return "elsewhere";
		}

	}

}
