/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a pass opens, and how it ends on WebFlux.
 */
@SpringBootTest(classes = WebFluxPassShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.routes[0].path=/routed",
				"x402.routes[0].price=$0.01", "x402.routes[0].pass.uses=2", "x402.routes[0].pass.duration=1d",
				"x402.routes[1].path=/methods", "x402.routes[1].method=GET", "x402.routes[1].price=$0.01",
				"x402.routes[1].pass.uses=3", "x402.routes[2].path=/methods", "x402.routes[2].method=POST",
				"x402.routes[2].price=$0.01", "x402.routes[2].pass.uses=3" })
class WebFluxPassTests extends AbstractPassTests {

	@Autowired
	private WebFluxPassShop.Reports shop;

	@Override
	int brokenUpstream() {
		return 502;
	}

	@Test
	void whenHandlerChangesTheResponseBeforeItIsSentThenItIsStillPrivateAndShowsThePass() {
		HttpResponse<String> used = client().use("/late", client().buy("/report"));
		assertThat(used.body()).isEqualTo("goods");
		assertThat(used.headers().allValues("Cache-Control")).containsExactly("private");
		assertThat(used.headers().allValues(PassClient.REMAINING)).containsExactly("1");
		assertThat(used.headers().allValues(PassClient.TOKEN)).isEmpty();
	}

	@Test
	void whenClientLeavesWhileItsHandlerRunsThenUseStaysTaken() throws Exception {
		String token = client().buy("/report");
		try (Socket socket = new Socket("localhost", port())) {
			socket.getOutputStream()
				.write(("GET /never HTTP/1.1\r\nHost: localhost\r\nX402-Pass: " + token + "\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			await().until(() -> left(token) == 1);
		}
		await().until(() -> this.shop.left().contains(token));
		await().during(Duration.ofMillis(200)).until(() -> left(token) == 1);
	}

}
