/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Browsers that keep passes in cookies on Spring MVC.
 */
@SpringBootTest(classes = { PassShop.class, AbstractPassCookieTests.Sessions.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.passes.cookie=true" })
class PassCookieTests extends AbstractPassCookieTests {

	@Test
	void whenHandlerStartsItsResponseAgainThenTheCookieIsKeptOnce() {
		String cookie = cookie(browse("/report", "a=b", "PAYMENT-SIGNATURE", client().payment("/report")));
		HttpResponse<String> used = browse("/reset", cookie);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(used.headers().allValues("Set-Cookie")).hasSize(1);
	}

	@Test
	void whenHandlerForwardsWithinItsScopeThenTheCookieIsKeptOnce() {
		String cookie = cookie(browse("/report", "a=b", "PAYMENT-SIGNATURE", client().payment("/report")));
		HttpResponse<String> used = browse("/forward", cookie);
		assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo("1");
		assertThat(used.headers().allValues("Set-Cookie")).hasSize(1);
	}

}
