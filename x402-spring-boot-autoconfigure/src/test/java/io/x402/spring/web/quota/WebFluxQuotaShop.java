/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.time.Duration;

import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application on WebFlux whose handlers have free calls.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ QuotaShop.Goods.class, WebFluxQuotaShop.Controllers.class })
class WebFluxQuotaShop {

	@RestController
	@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
	static class Controllers {

		@GetMapping("/async")
		Mono<String> async(@RequestParam boolean fails) {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			});
		}

	}

}
