/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for balances, which buyers top up and calls debit.
 *
 * @param topUp Amount of the top-up that buyers can pay in place of a price, such as $5.
 * Applies to handlers whose price does not name another one and can be paid from a
 * balance. By default, there is none.
 * @since 0.2.0
 */
@ConfigurationProperties("x402.credits")
public record X402CreditProperties(@DefaultValue("") String topUp) {

}
