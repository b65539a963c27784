/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Unpaid requests for a priced path that fit no handler, on WebFlux.
 */
class WebFluxUnmatchedRequestTests extends AbstractUnmatchedRequestTests {

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(AskingConfiguration.class, ROUTES);
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@Override
	WireResponse send(String method, String target, byte[] body, String... headerLines) throws IOException {
		return shop.send(method, target, body, headerLines);
	}

	@Override
	Buyer buyer() {
		return shop.buyer();
	}

	@Override
	FacilitatorStub.Script script(Payment payment) {
		return shop.script(payment, SettleBehaviour.SETTLED);
	}

	@Override
	AtomicInteger runs() {
		return shop.bean(Counters.class).runs();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ UnmatchedConfiguration.class, AskingController.class })
	static class AskingConfiguration {

	}

	@RestController
	static class AskingController {

		@PaymentRequired(
				price = "#{#request.nativeRequest().getRequest().getQueryParams().getFirst('pages').length() + '.00'}")
		@GetMapping(path = "/asking", params = "pages")
		String asking() {
			return "{}";
		}

	}

}
