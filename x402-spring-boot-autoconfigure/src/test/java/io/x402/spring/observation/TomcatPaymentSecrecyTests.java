/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "server.http2.enabled=true")
@Import(TomcatServletWebServerFactory.class)
class TomcatPaymentSecrecyTests extends AbstractPaymentSecrecyTests {

}
