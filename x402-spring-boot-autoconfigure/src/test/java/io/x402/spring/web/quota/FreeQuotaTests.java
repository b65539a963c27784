/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls behind a proxy that the container trusts. Each test is another client on
 * Spring MVC.
 */
@SpringBootTest(classes = QuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"server.forward-headers-strategy=native", "x402.routes[0].path=/routed", "x402.routes[0].price=$0.01",
				"x402.routes[0].free-quota=2 per 1h", "x402.free-quota.limit=4 per 1m" })
class FreeQuotaTests extends AbstractFreeQuotaTests {

	@Test
	void whenNoResponseWouldBeAcceptableThenHandlerDoesNotRun() throws IOException, InterruptedException {
		String before = get("/counted", this.client).body();
		assertThat(get("/counted", this.client, "Accept", "image/png").statusCode()).isEqualTo(406);
		int runs = Integer.parseInt(before.replaceAll("\\D", ""));
		assertThat(get("/counted", this.client).body()).isEqualTo("{\"runs\":" + (runs + 1) + "}");
	}

	@Test
	void whenHandlerResetsTheResponseThenItIsStillPrivateAndShowsTheRest() throws IOException, InterruptedException {
		HttpResponse<String> free = get("/reset", this.client);
		assertThat(free.body()).isEqualTo("goods");
		assertThat(free.headers().allValues("Cache-Control")).containsExactly("private");
		assertThat(free.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=2;");
	}

}
