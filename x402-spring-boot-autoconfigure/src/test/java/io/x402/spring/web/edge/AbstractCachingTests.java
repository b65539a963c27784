/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No shared cache keeps what one buyer paid for, or a refusal that another would get.
 */
abstract class AbstractCachingTests {

	@LocalServerPort
	private int port;

	private Http http;

	@BeforeEach
	void connect() {
		this.http = new Http(this.port);
	}

	@Test
	void whenRequestIsRefusedThenAnswerIsNotStored() throws IOException, InterruptedException {
		PaymentRequirements offer = Buyer.offers(this.http.get("/plain").headers()).get(0);
		String payment = new Buyer().pay(offer);
		assertThat(this.http.get("/plain", "PAYMENT-SIGNATURE", payment).statusCode()).isEqualTo(200);
		assertNotStored(this.http.get("/plain"), 402);
		assertNotStored(this.http.get("/plain", "Accept", "text/html", "User-Agent", "Mozilla/5.0"), 402);
		assertNotStored(this.http.get("/plain", "PAYMENT-SIGNATURE", "e30="), 402);
		assertNotStored(this.http.get("/plain?other", "PAYMENT-SIGNATURE", payment), 409);
		assertNotStored(this.http.get("/plain", "X-Refused", "yes"), 403);
		assertNotStored(this.http.get("/broken"), 503);
	}

	@Test
	void whenRequestIsRefusedThenAnswerVariesWithPaymentAndAccept() throws IOException, InterruptedException {
		assertThat(vary(this.http.get("/plain"))).contains("PAYMENT-SIGNATURE", "X-PAYMENT", "Accept");
	}

	@Test
	void whenHandlerSaysNothingThenPaidAnswerIsPrivate() throws IOException, InterruptedException {
		HttpResponse<String> answer = buy("/plain");
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("private");
		assertThat(vary(answer)).contains("PAYMENT-SIGNATURE", "X-PAYMENT");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '>', textBlock = """
			public, max-age=60 > max-age=60, private
			max-age=60|public > max-age=60, private
			s-maxage=600, max-age=60, proxy-revalidate > max-age=60, private
			S-MaxAge = 600, PUBLIC > private
			no-store > no-store, private
			private, max-age=60 > private, max-age=60
			PRIVATE > PRIVATE
			private="Set-Cookie", max-age=60 > private="Set-Cookie", max-age=60, private
			no-cache="Set-Cookie" > no-cache="Set-Cookie", private
			public, stale-while-revalidate=30 > stale-while-revalidate=30, private
			must-revalidate > must-revalidate, private
			""")
	void whenHandlerSaysSomethingThenOnlySharedCachingIsTakenBack(String handler, String expected)
			throws IOException, InterruptedException {
		HttpResponse<String> answer = buy("/cached?header=" + URLEncoder.encode(handler, StandardCharsets.UTF_8));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CDN-Cache-Control", "Surrogate-Control", "Cloudflare-CDN-Cache-Control",
			"Vercel-CDN-Cache-Control", "Akamai-Cache-Control" })
	void whenHandlerSpeaksToContentNetworkThenItIsToldNotToStore(String name) throws IOException, InterruptedException {
		HttpResponse<String> answer = buy("/cached?header=max-age=600,public&name=" + name);
		assertThat(answer.headers().allValues(name)).containsExactly("no-store");
	}

	@Test
	void whenHandlerSpeaksToNginxThenItIsToldNotToStore() throws IOException, InterruptedException {
		HttpResponse<String> answer = buy("/cached?header=600&name=X-Accel-Expires");
		assertThat(answer.headers().allValues("X-Accel-Expires")).containsExactly("0");
	}

	@Test
	void whenHandlerVariesThenThatIsKept() throws IOException, InterruptedException {
		assertThat(vary(buy("/cached?header=Accept-Language&name=Vary"))).contains("Accept-Language",
				"PAYMENT-SIGNATURE", "X-PAYMENT");
	}

	private HttpResponse<String> buy(String path) throws IOException, InterruptedException {
		PaymentRequirements offer = Buyer.offers(this.http.get(path).headers()).get(0);
		return this.http.get(path, "PAYMENT-SIGNATURE", new Buyer().pay(offer));
	}

	private static String[] vary(HttpResponse<String> answer) {
		return answer.headers()
			.allValues("Vary")
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(", *")))
			.toArray(String[]::new);
	}

	private static void assertNotStored(HttpResponse<String> answer, int status) {
		assertThat(answer.statusCode()).isEqualTo(status);
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

}
