/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.context.annotation.Import;

@Import(JettyServletWebServerFactory.class)
class JettyPaymentSecrecyTests extends AbstractPaymentSecrecyTests {

}
