/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Unpaid requests for a priced path that fit no handler, on Spring MVC.
 */
@ParameterizedClass
@EnumSource(Container.class)
class UnmatchedRequestTests extends AbstractUnmatchedRequestTests {

	@Parameter
	private Container container;

	private static Shop shop;

	@BeforeParameterizedClassInvocation
	static void open(Container container) {
		shop = Shop.open(container, AskingConfiguration.class, ROUTES);
	}

	@AfterParameterizedClassInvocation
	static void close() {
		shop.close();
	}

	@Override
	WireResponse send(String method, String target, byte[] body, String... headerLines) throws IOException {
		try (WireExchange exchange = new WireExchange(shop.port())) {
			return exchange.send(method, target, body, headerLines).receive();
		}
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

		@PaymentRequired(price = "#{#request.nativeRequest().getParameter('pages').length() + '.00'}")
		@GetMapping(path = "/asking", params = "pages")
		String asking() {
			return "{}";
		}

	}

}
