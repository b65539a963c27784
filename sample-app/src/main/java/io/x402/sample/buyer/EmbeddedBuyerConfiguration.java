/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

/**
 * Gives the customer of the shop its public key and its limits.
 */
@Configuration(proxyBeanMethods = false)
@PropertySource("classpath:embedded-buyer.properties")
class EmbeddedBuyerConfiguration {

}
