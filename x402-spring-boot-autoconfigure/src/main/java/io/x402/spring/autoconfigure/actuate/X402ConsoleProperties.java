/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the console of the seller.
 *
 * @param enabled Whether to serve a page at the actuator endpoint x402console that shows
 * revenue, pending payments and the ledger. Protect the actuator.
 */
@ConfigurationProperties("x402.console")
record X402ConsoleProperties(@DefaultValue("false") boolean enabled) {

}
