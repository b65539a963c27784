/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Paid responses that fail on the way, on a server with HTTP/2, whose streams end well or
 * are reset.
 */
abstract class AbstractCutStreamTests extends AbstractCutResponseTests {

	protected static final String PROPERTY = "server.http2.enabled=true";

	@ParameterizedTest
	@MethodSource("failing")
	void whenAResponseFailsAfterItsReleaseThenItsHttp2StreamIsReset(String target) throws IOException {
		Payment payment = payment(target);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> overHttp2("GET", target, payment))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void whenAResponseEndsWellThenItsHttp2StreamDoes() throws IOException {
		Payment payment = payment("/whole-stream");
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> response = overHttp2("GET", "/whole-stream", payment);
			assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
			assertThat(response.body()).endsWith("goods and goods");
		}
	}

	@Test
	void whenHeadAsksForAStreamThenItsHttp2StreamEnds() throws IOException {
		Payment payment = payment("/whole-stream");
		HttpResponse<String> response = overHttp2("HEAD", "/whole-stream", payment);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
	}

	private HttpResponse<String> overHttp2(String method, String target, Payment payment) {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		return client
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge().port() + target))
				.method(method, HttpRequest.BodyPublishers.noBody())
				.header("PAYMENT-SIGNATURE", payment.value())
				.build(), BodyHandlers.ofString())
			.orTimeout(60, TimeUnit.SECONDS)
			.join();
	}

}
