/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.util.function.Supplier;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import io.x402.spring.web.servlet.ProtectedRequestPolicy.Decision;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * An application with everything that shows at the edge.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ EdgeShop.Controllers.class, EdgeShop.CachedController.class })
class EdgeShop {

	@Bean
	FacilitatorDouble facilitator() {
		return new FacilitatorDouble();
	}

	@Bean
	Supplier<String> priceList() {
		return () -> {
			throw new IllegalStateException("No price list");
		};
	}

	@Bean
	ProtectedRequestPolicy policy() {
		return (request, offers) -> (request.getHeader("X-Refused") != null) ? Decision.REFUSE : Decision.CHARGE;
	}

	@Bean
	WebMvcConfigurer corsOfMvc() {
		return new WebMvcConfigurer() {

			@Override
			public void addCorsMappings(CorsRegistry registry) {
				registry.addMapping("/cors/mapped")
					.allowedOrigins("https://shop.example")
					.allowedMethods("GET", "POST")
					.exposedHeaders("X-Own");
			}

		};
	}

	@RestController
	static class Controllers {

		@PaymentRequired(price = "$0.05", network = { "base-sepolia", "arbitrum-sepolia" },
				description = "Wetter für Zürich – 24 h", mimeType = "application/json", maxTimeout = "60s")
		@GetMapping("/forecast")
		String forecast() {
			return "goods";
		}

		@PaymentRequired(price = "0.25", network = "arbitrum-sepolia", mimeType = "text/csv")
		@GetMapping("/modern")
		String modern() {
			return "goods";
		}

		@PaymentRequired(price = "#{@priceList.get()}")
		@GetMapping("/broken")
		String broken() {
			return "goods";
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/plain")
		String plain() {
			return "goods";
		}

		@PaymentRequired(price = "0.01")
		@CrossOrigin(origins = "https://shop.example", exposedHeaders = "X-Own")
		@GetMapping("/cors/annotated")
		String crossOrigin() {
			return "goods";
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/cors/mapped")
		String mapped() {
			return "goods";
		}

		@PaymentRequired(price = "0.01")
		@PostMapping("/cors/mapped")
		String mappedPost() {
			return "goods";
		}

	}

	@RestController
	static class CachedController {

		@PaymentRequired(price = "0.01")
		@GetMapping("/cached")
		String cached(@RequestParam String header, @RequestParam(defaultValue = "Cache-Control") String name,
				HttpServletResponse response) {
			for (String value : header.split("\\|")) {
				response.addHeader(name, value);
			}
			return "goods";
		}

	}

}
