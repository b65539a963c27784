/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.time.Instant;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a pass opens, and how it ends on Spring MVC.
 */
@SpringBootTest(classes = PassShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.routes[0].path=/routed",
				"x402.routes[0].price=$0.01", "x402.routes[0].pass.uses=2", "x402.routes[0].pass.duration=1d",
				"x402.routes[1].path=/methods", "x402.routes[1].method=GET", "x402.routes[1].price=$0.01",
				"x402.routes[1].pass.uses=3", "x402.routes[2].path=/methods", "x402.routes[2].method=POST",
				"x402.routes[2].price=$0.01", "x402.routes[2].pass.uses=3" })
class PassTests extends AbstractPassTests {

	@Override
	int brokenUpstream() {
		return 500;
	}

	@Test
	void whenPageDoesWithoutAPartThatFailedThenItTakesAUse() {
		String token = client().buy("/report");
		assertThat(client().use("/page", token).body()).isEqualTo("page without its part");
		assertThat(client().uses("/report", token)).isEqualTo(1);
	}

	@Test
	void whenHandlerResetsTheResponseThenItIsStillPrivateAndShowsThePass() {
		HttpResponse<String> used = client().use("/reset", client().buy("/report"));
		assertThat(used.body()).isEqualTo("goods");
		assertThat(used.headers().allValues("Cache-Control")).containsExactly("private");
		assertThat(used.headers().allValues("Vary")).contains("PAYMENT-SIGNATURE");
		assertThat(used.headers().allValues(PassClient.REMAINING)).containsExactly("1");
		assertThat(Instant.parse(PassClient.header(used, PassClient.EXPIRES))).isAfter(clock().instant());
	}

	@Test
	void whenNoResponseWouldBeAcceptableThenHandlerDoesNotRunAndNoUseIsTaken() {
		String token = client().buy("/report");
		for (int i = 0; i < 3; i++) {
			assertThat(client().get("/counted", PassClient.TOKEN, token, "Accept", "image/png").statusCode())
				.isEqualTo(406);
			await().until(() -> left(token) == 2);
		}
		assertThat(client().use("/counted", token).body()).isEqualTo("{\"runs\":1}");
	}

}
