/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.AccessPass;
import io.x402.spring.Pass;
import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.InternalResourceView;

/**
 * An application that takes balances.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ CreditShop.Goods.class, CreditShop.ServletCalls.class })
class CreditShop {

	/**
	 * What is sold on each web stack.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(Calls.class)
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		AtomicReference<String> price() {
			return new AtomicReference<>("$0.03");
		}

		@Bean
		MovingClock clock() {
			return MovingClock.running();
		}

	}

	@RestController
	static class ServletCalls {

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/async")
		Callable<String> async(@RequestParam(defaultValue = "false") boolean fails) {
			return () -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			};
		}

		@PaymentRequired(price = "#{#request.getParameter('price')}", topUp = "$0.10")
		@GetMapping("/dynamic")
		String dynamic() {
			return "goods";
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@PaymentRequired(price = "#{#request.getParameter('price')}", topUp = "none")
		@GetMapping("/tiers")
		String tiers() {
			return "goods";
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/to-cheap")
		InternalResourceView toCheap() {
			return new InternalResourceView("/credit");
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/to-dear")
		InternalResourceView toDear() {
			return new InternalResourceView("/dear");
		}

	}

	@RestController
	static class Calls {

		private final AtomicInteger runs = new AtomicInteger();

		int runs() {
			return this.runs.get();
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/credit")
		String credit(Optional<AccessPass> pass, Optional<VerifiedPayment> payment) {
			this.runs.incrementAndGet();
			return pass.map((balance) -> "left " + balance.remaining())
				.orElseGet(() -> "paid " + payment.orElseThrow().amount());
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/dear")
		ResponseEntity<String> dear(@RequestParam(defaultValue = "200") int status) {
			this.runs.incrementAndGet();
			return ResponseEntity.status(status).header(PassClient.BALANCE, "1000000").body("goods");
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/thrown")
		String thrown() {
			throw new IllegalStateException("Out of order");
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10", flow = PaymentFlow.UPFRONT)
		@GetMapping("/upfront")
		ResponseEntity<String> upfront(@RequestParam(defaultValue = "200") int status) {
			return ResponseEntity.status(status).body("goods");
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10", payTo = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
		@GetMapping("/elsewhere")
		String elsewhere() {
			return "goods";
		}

		@PaymentRequired(price = "#{@price.get()}", topUp = "$0.10")
		@GetMapping("/changing")
		String changing() {
			return "goods";
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/metered")
		ResponseEntity<String> metered(Optional<AccessPass> pass, @RequestParam List<BigInteger> used,
				@RequestParam(defaultValue = "200") int status) {
			pass.ifPresent((balance) -> used.forEach(balance::chargeAtomic));
			return ResponseEntity.status(status).body("at most " + pass.map(AccessPass::price).orElse(BigInteger.ZERO));
		}

		@PaymentRequired(price = "$0.03", pass = @Pass(uses = 3))
		@GetMapping("/metered-pass")
		String meteredPass(Optional<AccessPass> pass, @RequestParam List<BigInteger> used) {
			pass.ifPresent((own) -> used.forEach(own::chargeAtomic));
			return "goods";
		}

		@PaymentRequired(price = "$0.03")
		@GetMapping("/single")
		String single() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 10, scope = "credit"))
		@GetMapping("/ten")
		String ten() {
			return "goods";
		}

	}

}
