/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls that are counted in a database by a header, which may fail.
 */
abstract class AbstractSharedQuotaTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	@Test
	void whenKeysAreInventedThenQuotaIsLimitedAndWhenTheStoreFailsThenNothingIsFree()
			throws IOException, InterruptedException {
		int free = 0;
		for (int i = 0; i < 50; i++) {
			free += (get("/plain", "invented" + i).statusCode() == 200) ? 1 : 0;
		}
		assertThat(free).isEqualTo(30);
		assertThat(get("/other", "known").headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=2;");
		assertThat(get("/status?status=500", "known").statusCode()).isEqualTo(500);
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM x402_free_call WHERE used = 0").query(Integer.class).single())
			.isEqualTo(2);
		this.jdbc.sql("ALTER TABLE x402_free_call RENAME TO elsewhere").update();
		HttpResponse<String> refused = get("/other", "known");
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(refused.headers().firstValue("PAYMENT-REQUIRED")).isPresent();
		assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
		assertThat(refused.body()).doesNotContain("Exception", "x402_free_call");
		this.jdbc.sql("ALTER TABLE elsewhere RENAME TO x402_free_call").update();
		assertThat(get("/other", "known").statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> get(String path, String key) throws IOException, InterruptedException {
		return CLIENT.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("X-API-Key", key)
			.build(), BodyHandlers.ofString());
	}

}
