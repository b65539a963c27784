/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import io.x402.spring.autoconfigure.InvalidPropertyException;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for balances, which buyers top up and calls debit.
 *
 * @param topUp Amount of the top-up that buyers can pay in place of a price, such as $5.
 * Applies to handlers of Spring MVC whose price does not name another one and can be paid
 * from a balance. By default, there is none.
 * @since 0.2.0
 */
@ConfigurationProperties("x402.credits")
public record X402CreditProperties(@DefaultValue("") String topUp) {

	/**
	 * Refuse a top-up where nothing takes balances.
	 * @throws InvalidPropertyException if one is set
	 */
	public void requireNone() {
		if (!this.topUp.isEmpty()) {
			throw new InvalidPropertyException("x402.credits.top-up", this.topUp, "balances are not taken on WebFlux",
					"Leave it out, or sell on Spring MVC.");
		}
	}

}
