/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls in an application whose own filter believes forwarded addresses.
 */
abstract class AbstractForgedAddressTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void whenClientForgesItsAddressThenItIsTheSameClient() throws IOException, InterruptedException {
		int free = 0;
		for (String header : new String[] { "X-Forwarded-For", "Forwarded" }) {
			for (int i = 1; i <= 5; i++) {
				String address = "192.0.2." + i;
				HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/plain"))
					.header(header, "Forwarded".equals(header) ? "for=" + address : address)
					.build();
				free += (CLIENT.send(request, BodyHandlers.ofString()).statusCode() == 200) ? 1 : 0;
			}
		}
		assertThat(free).isEqualTo(3);
	}

}
