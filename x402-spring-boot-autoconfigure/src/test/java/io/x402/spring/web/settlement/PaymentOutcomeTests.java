/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Outcomes on Tomcat.
 */
class PaymentOutcomeTests extends AbstractPaymentOutcomeTests {

	PaymentOutcomeTests() {
		super(500);
	}

	@Override
	protected Edge open(String... properties) {
		return new ServletEdge(Shop.open(Container.TOMCAT, ServletConfiguration.class, properties));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(OutcomeConfiguration.class)
	static class ServletConfiguration {

		@Bean
		ProtectedRequestPolicy policy() {
			return (request, offers) -> switch (policy(request)) {
				case "free" -> ProtectedRequestPolicy.Decision.FREE;
				case "refuse" -> ProtectedRequestPolicy.Decision.REFUSE;
				case "fail" -> throw new IllegalStateException("boom");
				default -> ProtectedRequestPolicy.Decision.CHARGE;
			};
		}

		private static String policy(HttpServletRequest request) {
			String policy = request.getHeader("X-Policy");
			return (policy != null) ? policy : "";
		}

	}

}
