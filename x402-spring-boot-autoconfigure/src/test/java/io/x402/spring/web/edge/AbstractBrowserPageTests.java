/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person sees who opens a priced resource.
 */
abstract class AbstractBrowserPageTests {

	private static final String[] FIREFOX = { "User-Agent",
			"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept",
			"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

	@LocalServerPort
	private int port;

	@Test
	void whenBrowserAsksThenGetsPageAndOffers() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast", FIREFOX);
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(answer.headers().firstValue("Content-Security-Policy")).isPresent();
		assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(Buyer.offers(answer.headers())).hasSize(2);
		assertThat(answer.body()).contains("Wetter für Zürich – 24 h", "0.05 USDC");
	}

	@Test
	void whenUrlHoldsMarkupThenPageShowsItAsText() throws IOException {
		String answer = RawConnection.get(this.port, "/forecast?q='onerror=alert(1)&x=%3Cscript%3E",
				"User-Agent: Mozilla/5.0\r\nAccept: text/html\r\n");
		assertThat(answer).startsWith("HTTP/1.1 402")
			.contains("q=&#39;onerror=alert(1)&amp;x=%3Cscript%3E")
			.doesNotContain("'onerror");
		assertThat(answer.split("<script", -1)).as("the offers and the code of the page, and nothing else").hasSize(3);
	}

	@Test
	void whenProgramAcceptsAnythingThenGetsJson() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast", "Accept", "*/*", "User-Agent",
				"Mozilla/5.0");
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
	}

	@Test
	void whenBrowserSentPaymentThenGetsJson() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast", "Accept", "text/html", "User-Agent",
				"Mozilla/5.0", "PAYMENT-SIGNATURE", "e30=");
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
	}

}
