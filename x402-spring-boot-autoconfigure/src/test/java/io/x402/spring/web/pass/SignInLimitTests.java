/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.util.Objects;

import io.x402.spring.store.PassStore;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pass without a number of uses does not let its buyer fill the store with sign-ins.
 */
@SpringBootTest(classes = SignInShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.sign-in.enabled=true",
				"x402.base-url=" + SignInShop.BASE_URL })
@Import(FaultyPassStore.class)
class SignInLimitTests {

	private static final int LIMIT = 300;

	@LocalServerPort
	private int port;

	@Autowired
	private FaultyPassStore store;

	@Test
	void whenAnAccountSignsInWithoutEndThenItWaits() {
		PassClient client = new PassClient(this.port);
		String token = client.buy("/hour");
		String used = SignInWallet.OF_BUYER.sign(client.get("/hour").headers());
		assertThat(client.get("/hour", SignInWallet.HEADER, used).statusCode()).isEqualTo(200);
		int served = 1;
		HttpResponse<String> response = signIn(client);
		// the minute may end once meanwhile
		while (response.statusCode() == 200 && served <= 2 * LIMIT) {
			served++;
			response = signIn(client);
		}
		// another test may have signed in once
		assertThat(served).isBetween(LIMIT - 1, 2 * LIMIT);
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(PassClient.code(response)).isEqualTo("rate_limit_exceeded");
		assertThat(Integer.parseInt(PassClient.header(response, "Retry-After"))).isBetween(1, 61);
		assertThat(client.use("/hour", token).statusCode()).isEqualTo(200);
	}

	/**
	 * More passes than are found at once, of which those that are found are used up by
	 * others.
	 */
	@Test
	void whenOthersAreFasterThenAnotherPassOfTheAccountIsUsed() {
		PassClient client = new PassClient(this.port);
		for (int i = 0; i <= PassStore.USABLE; i++) {
			client.buy("/report");
		}
		String signIn = SignInWallet.OF_BUYER.sign(client.get("/report").headers());
		this.store.overtake();
		assertThat(client.get("/report", SignInWallet.HEADER, signIn).statusCode()).isEqualTo(200);
		assertThat(Objects.requireNonNull(this.store.last()).remaining()).isEqualTo(1);
	}

	private static HttpResponse<String> signIn(PassClient client) {
		return client.get("/hour", SignInWallet.HEADER, SignInWallet.OF_BUYER.sign(client.get("/hour").headers()));
	}

}
