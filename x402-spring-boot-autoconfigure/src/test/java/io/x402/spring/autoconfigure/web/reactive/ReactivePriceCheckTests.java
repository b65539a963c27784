/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.pricing.InvalidPricingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prices in an application on WebFlux.
 */
class ReactivePriceCheckTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class, X402WebFluxAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(
			classes = { PricedMethod.class, PricedTwice.class, PricedType.class, Inherited.class, Implemented.class })
	void whenAHandlerHasAPriceThenTheApplicationDoesNotStart(Class<?> handler) {
		this.runner.withBean(handler)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidPricingException.class)
				.hasMessageContaining(handler.getName()));
	}

	@Test
	void whenPaymentsAreDisabledThenAPriceIsRefusedNonetheless() {
		this.runner.withBean(PricedMethod.class)
			.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void whenARouteHasAPriceThenTheApplicationDoesNotStart() {
		this.runner.withPropertyValues("x402.routes[0].path=/report", "x402.routes[0].price=$0.01")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("route /report"));
	}

	@Test
	void whenNothingHasAPriceThenTheApplicationStarts() {
		this.runner.withBean(Free.class).run((context) -> assertThat(context).hasNotFailed());
	}

	static class PricedMethod {

		@PaymentRequired(price = "$0.01")
		public String sell() {
			return "goods";
		}

	}

	static class PricedTwice {

		@PaymentRequired(price = "$0.01")
		@PaymentRequired(price = "$0.02", network = "base")
		public String sell() {
			return "goods";
		}

	}

	@PaymentRequired(price = "$0.01")
	static class PricedType {

	}

	static class Inherited extends PricedType {

	}

	interface Priced {

		@PaymentRequired(price = "$0.01")
		String sell();

	}

	static class Implemented implements Priced {

		@Override
		public String sell() {
			return "goods";
		}

	}

	static class Free {

		public String give() {
			return "goods";
		}

	}

}
