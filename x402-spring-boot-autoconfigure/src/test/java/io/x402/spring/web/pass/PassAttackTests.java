/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attempts to get in with something that looks like a pass on Spring MVC.
 */
@SpringBootTest(classes = PassShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO })
class PassAttackTests extends AbstractPassAttackTests {

	@Test
	void whenMethodIsHeadThenItTakesAUse() {
		String token = client().buy("/ten");
		assertThat(client().send("HEAD", "/ten", PassClient.TOKEN, token).statusCode()).isEqualTo(200);
		assertThat(client().send("OPTIONS", "/ten", PassClient.TOKEN, token).statusCode()).isLessThan(300);
		assertThat(client().uses("/ten", token)).isEqualTo(8);
	}

}
