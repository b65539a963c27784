/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.test.ClientPayment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A gateway that holds back as much as an upstream may send.
 */
@TestPropertySource(properties = { "x402.settlement.hold-limit=2MB", "gateway.upstreams.api.max-response-size=2MB" })
class UpstreamLimitTests extends AbstractGatewayTests {

	@ParameterizedTest
	@ValueSource(strings = { "/large-cut-off", "/too-large", "/too-large-as-it-says" })
	void whenResponseBreaksOffOrIsTooLargeThenNothingIsChargedAndNothingOfItPasses(String path) {
		Answer answer = get("/api" + path);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.text()).doesNotContain("xxx");
		assertThat(answer.header("PAYMENT-RESPONSE")).isEmpty();
		assertThat(upstream.received()).hasSize(1);
		assertThat(charges()).isZero();
	}

	@Test
	void whenResponseIsAsLargeAsItMayBeThenAllOfItPasses() {
		assertThat(get("/api/large").body()).hasSize(1_000_000);
		assertThat(charges()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/large-cut-off", "/too-large", "/too-large-as-it-says" })
	void whenFreeResponseBreaksOffOrIsTooLargeThenItDoesNotEndWell(String path) {
		Answer answer = exchange(null, HttpMethod.GET, "/api/free" + path, new HttpHeaders(), null);
		assertThat(answer.isCutOff() || answer.status() == 502).isTrue();
	}

	/**
	 * The limit is 100 KB.
	 */
	@ParameterizedTest
	@CsvSource({ "100,200", "102400,200", "102401,413", "300000,413" })
	void whenBodyWithoutLengthIsTooLargeThenNothingIsCharged(int length, int status) throws Exception {
		String answer = chunked("/api/echo", "PAYMENT-SIGNATURE: " + payment("/api/echo") + "\r\n", length);
		assertThat(answer).startsWith("HTTP/1.1 " + status);
		assertThat(upstream.received().isEmpty()).isEqualTo(status != 200 && upstream.isBrokenOff());
		assertThat(charges()).isEqualTo((status == 200) ? 1 : 0);
		upstream.reset();
		assertThat(chunked("/api/free/echo", "", length)).startsWith("HTTP/1.1 " + status);
		assertThat(upstream.received().isEmpty()).isEqualTo(status != 200 && upstream.isBrokenOff());
	}

	@Test
	void whenBuyerBreaksOffItsBodyThenUpstreamDoesNotTakeAPartForTheWhole() throws Exception {
		URI uri = URI.create(url("/api/free/echo"));
		try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
			socket.getOutputStream()
				.write(("POST /api/free/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "4\r\npart\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
		}
		assertThat(upstream.isBrokenOff()).isTrue();
		assertThat(upstream.received()).isEmpty();
	}

	private String chunked(String path, String headers, int length) throws IOException {
		URI uri = URI.create(url(path));
		String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
				+ "Transfer-Encoding: chunked\r\n\r\n";
		String body = Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n0\r\n\r\n";
		try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readNBytes("HTTP/1.1 200".length()), StandardCharsets.ISO_8859_1);
		}
	}

	/**
	 * Sign a payment and do not send it.
	 */
	private String payment(String path) {
		AtomicReference<String> header = new AtomicReference<>();
		RestClient client = RestClient.builder()
			.requestFactory(connections())
			.requestInterceptor(ClientPayment.payment())
			.requestInterceptor((request, body, next) -> {
				header.set(request.getHeaders().getFirst("PAYMENT-SIGNATURE"));
				if (header.get() != null) {
					throw new IOException("Not sent");
				}
				return next.execute(request, body);
			})
			.build();
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> client.post().uri(URI.create(url(path))).retrieve().toBodilessEntity());
		return header.get();
	}

}
