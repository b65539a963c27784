/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * An application whose handlers have free calls.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ QuotaShop.Goods.class, QuotaShop.ServletControllers.class })
class QuotaShop {

	/**
	 * What is sold on each web stack.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import({ Controllers.class, RoutedController.class })
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
	static class ServletControllers {

		@GetMapping("/async")
		Callable<String> async(@RequestParam boolean fails) {
			return () -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			};
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			response.reset();
			response.getWriter().write("goods");
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
	static class Controllers {

		private final AtomicInteger runs = new AtomicInteger();

		@GetMapping("/plain")
		String plain() {
			return "goods";
		}

		@GetMapping("/other")
		String other() {
			return "goods";
		}

		@GetMapping(path = "/text", produces = MediaType.TEXT_PLAIN_VALUE)
		String text() {
			return "goods";
		}

		@GetMapping("/counted")
		Map<String, Integer> counted() {
			return Map.of("runs", this.runs.incrementAndGet());
		}

		@GetMapping("/status")
		ResponseEntity<String> status(@RequestParam int status) {
			return ResponseEntity.status(status).build();
		}

		@GetMapping("/thrown")
		String thrown(@RequestParam int status) {
			if (status == 0) {
				throw new IllegalStateException("Out of order");
			}
			throw new ResponseStatusException(HttpStatus.valueOf(status));
		}

		@GetMapping("/versioned")
		ResponseEntity<String> versioned() {
			return ResponseEntity.ok().eTag("\"v1\"").body("goods");
		}

		@GetMapping("/broken")
		String broken() throws IOException {
			throw new EOFException("The upstream server has closed the connection");
		}

		@GetMapping("/cached")
		ResponseEntity<String> cached() {
			return ResponseEntity.ok()
				.header("Cache-Control", "public, s-maxage=600, max-age=60")
				.header("CDN-Cache-Control", "max-age=600")
				.header("X-Accel-Expires", "600")
				.body("goods");
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/usual")
		String usual() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeQuota = "none")
		@GetMapping("/never")
		String never() {
			return "goods";
		}

	}

	@RestController
	static class RoutedController {

		@GetMapping("/routed")
		String routed() {
			return "goods";
		}

	}

}
