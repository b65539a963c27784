/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.util.Optional;

import io.x402.spring.AccessPass;
import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose buyers can sign in.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(SignInShop.Reports.class)
class SignInShop {

	static final String BASE_URL = "https://shop.example";

	@Bean
	FacilitatorDouble facilitator() {
		return new FacilitatorDouble();
	}

	@Bean
	MovingClock clock() {
		return MovingClock.running();
	}

	@RestController
	static class Reports {

		@PaymentRequired(price = "$1.00", pass = @Pass(duration = "1h"))
		@GetMapping("/hour")
		String hour(Optional<AccessPass> pass) {
			return pass.map((present) -> "pass of " + present.payer()).orElse("paid");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, scope = "reports"))
		@GetMapping("/report")
		ResponseEntity<String> report(@RequestParam(defaultValue = "200") int status) {
			return ResponseEntity.status(status).body("goods");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, scope = "reports"))
		@PostMapping("/report")
		String write() {
			return "goods";
		}

		@PaymentRequired(price = "$0.05", pass = @Pass(uses = 3, scope = "reports"))
		@GetMapping("/cheaper")
		String cheaper() {
			return "goods";
		}

		@PaymentRequired(price = "$0.20", pass = @Pass(uses = 3, scope = "reports"))
		@GetMapping("/dearer")
		String dearer() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, scope = "others"))
		@GetMapping("/other")
		String other() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, scope = "reports"), network = "base")
		@GetMapping("/mainnet")
		String mainnet() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 2), freeQuota = "1 per 1d")
		@GetMapping("/trial")
		String trial() {
			return "goods";
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.01")
		@GetMapping("/credit")
		String credit(Optional<AccessPass> pass) {
			return pass.map((present) -> "left " + present.remaining()).orElse("paid");
		}

		@PaymentRequired(price = "$0.007", topUp = "$0.01")
		@GetMapping("/dear-credit")
		String dearCredit() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10")
		@GetMapping("/single")
		String single() {
			return "goods";
		}

	}

}
