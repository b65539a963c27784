/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Buyers who sign in on WebFlux, and attempts to do so without.
 */
@SpringBootTest(classes = SignInShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.sign-in.enabled=true",
				"x402.base-url=" + SignInShop.BASE_URL, "x402.sign-in.statement=Use what you have paid for" })
class WebFluxSignInTests extends SignInTests {

}
