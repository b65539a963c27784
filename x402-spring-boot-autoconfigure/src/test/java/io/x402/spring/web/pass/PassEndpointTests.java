/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;

import io.x402.spring.access.Passes;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a seller sees of passes, and how a seller ends one.
 */
@SpringBootTest(classes = PassShop.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = { Container.TOMCAT,
		Container.NO_SECURITY, Container.PAY_TO, "management.endpoints.web.exposure.include=x402passes" })
class PassEndpointTests {

	private static final String ENDPOINT = "/actuator/x402passes";

	@LocalServerPort
	private int port;

	@Autowired
	private Passes passes;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@Test
	void whenPassIsSoldAndUsedThenItIsShownWithoutItsToken() {
		String token = this.client.buy("/report");
		String id = token.substring(0, 32);
		String payer = this.passes.find(id).pass().paid().payer();
		assertThat(this.client.use("/report", token).statusCode()).isEqualTo(200);
		for (String path : new String[] { ENDPOINT, ENDPOINT + "?limit=1", ENDPOINT + "?payer=" + payer,
				ENDPOINT + "/" + id }) {
			HttpResponse<String> shown = this.client.get(path);
			assertThat(shown.statusCode()).isEqualTo(200);
			assertThat(shown.body()).contains("\"id\":\"" + id + "\"", "\"state\":\"ACTIVE\"", "\"scope\":\"reports\"",
					payer, "\"amount\":\"100000\"", "\"uses\":3", "\"used\":2");
			assertThat(shown.body()).doesNotContain(token.substring(33))
				.doesNotContain(this.passes.find(id).pass().tokenHash());
		}
		assertThat(this.client.get(ENDPOINT + "?payer=0x0000000000000000000000000000000000000001").body())
			.isEqualTo("{\"passes\":[]}");
	}

	@Test
	void whenLastUseIsTakenThenPassIsShownAsExhausted() {
		String token = this.client.buy("/report");
		assertThat(this.client.uses("/report", token)).isEqualTo(2);
		assertThat(this.client.get(ENDPOINT + "/" + token.substring(0, 32)).body()).contains("\"state\":\"EXHAUSTED\"");
	}

	@Test
	void whenSellerRevokesAPassThenItOpensNothingAnyMore() {
		String token = this.client.buy("/report");
		HttpResponse<String> revoked = this.client.send("DELETE", ENDPOINT + "/" + token.substring(0, 32));
		assertThat(revoked.statusCode()).isEqualTo(200);
		assertThat(revoked.body()).contains("\"state\":\"REVOKED\"");
		assertThat(PassClient.code(this.client.use("/report", token))).isEqualTo("pass_revoked");
	}

	@Test
	void whenThereIsNoPassThenItIsNotFound() {
		for (String method : new String[] { "GET", "DELETE" }) {
			assertThat(this.client.send(method, ENDPOINT + "/" + "0".repeat(32)).statusCode()).isEqualTo(404);
		}
	}

}
