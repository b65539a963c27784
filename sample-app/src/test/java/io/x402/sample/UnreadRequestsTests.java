/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that share a connection, on Netty.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@OnWebFlux
class UnreadRequestsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** Responds from a thread of its own, as handlers that block do. */
	private static final String FREE = "GET /free HTTP/1.1\r\nHost: shop\r\n\r\n";

	/** Is refused on the thread of the connection. */
	private static final String PRICED = "HEAD /weather HTTP/1.1\r\nHost: shop\r\n\r\n";

	@LocalServerPort
	private int port;

	@Test
	void whenARequestArrivesBeforeTheResponseToThePreviousOneThenTheOneAfterItIsReadToo() throws IOException {
		try (Socket connection = new Socket("127.0.0.1", this.port)) {
			connection.setSoTimeout((int) PATIENCE.toMillis());
			BufferedReader responses = new BufferedReader(
					new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
			send(connection, FREE + PRICED);
			assertThat(status(responses)).startsWith("HTTP/1.1 200");
			assertThat(status(responses)).startsWith("HTTP/1.1 402");
			send(connection, PRICED);
			assertThat(status(responses)).startsWith("HTTP/1.1 402");
		}
	}

	private static void send(Socket connection, String requests) throws IOException {
		connection.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * The next status line, whatever comes before it, such as the body without an end of
	 * line.
	 */
	private static String status(BufferedReader responses) throws IOException {
		String line;
		do {
			line = responses.readLine();
			assertThat(line).isNotNull();
		}
		while (!line.contains("HTTP/1.1 "));
		return line.substring(line.indexOf("HTTP/1.1 "));
	}

}
