/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.time.Duration;

import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.Offers;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.paywall.WalletPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultPaymentRequiredEntryPointTests {

	private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/sold");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
			"text/html, application/json;q=0.9", "TEXT/HTML", "application/json;q=0.5, text/html;q=0.6",
			"application/xhtml+xml, text/html, */*;q=0.1" })
	void whenBrowserPrefersHtmlThenGetsPage(String accept) throws IOException {
		commence(BROWSER, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED), accept);
		assertThat(this.response.getContentType()).startsWith("text/html");
		assertThat(this.response.getHeader("PAYMENT-REQUIRED")).isNotNull();
		assertThat(this.response.getStatus()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "", "application/json", "application/json, text/html;q=0.9",
			"text/html;q=0.1, application/json", "*/*, text/html;q=0.1", "text/*", "image/avif,image/webp,*/*",
			"text/html;q=0", "text/htmlx", "x-text/html", "not a media type text/html", "text/html;q=nonsense,",
			"application/json, text/html" })
	void whenAnythingElseIsPreferredThenGetsJson(String accept) throws IOException {
		commence(BROWSER, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED), accept);
		assertThat(this.response.getContentType()).isEqualTo("application/json");
	}

	@ParameterizedTest
	@ValueSource(strings = { "curl/8.5.0", "node", "python-httpx/0.28", "" })
	void whenCallerIsNoBrowserThenGetsJson(String agent) throws IOException {
		commence(agent, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED), "text/html");
		assertThat(this.response.getContentType()).isEqualTo("application/json");
	}

	@Test
	void whenBrowserAcceptsInSeveralHeadersThenAllCount() throws IOException {
		commence(BROWSER, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED), "application/json;q=0.1", "text/html");
		assertThat(this.response.getContentType()).startsWith("text/html");
	}

	@ParameterizedTest
	@EnumSource(value = ReasonCode.class, mode = EnumSource.Mode.EXCLUDE, names = "PAYMENT_REQUIRED")
	void whenPaymentWasSentThenBrowserGetsJsonToo(ReasonCode reason) throws IOException {
		commence(BROWSER, PaymentRefusal.of(reason), "text/html");
		assertThat(this.response.getContentType()).isEqualTo("application/json");
	}

	@ParameterizedTest
	@EnumSource(ReasonCode.class)
	void statusIsTheOneOfTheTable(ReasonCode reason) throws IOException {
		commence("curl", PaymentRefusal.of(reason), "*/*");
		assertThat(this.response.getStatus()).isEqualTo(reason.status());
		assertThat(this.response.containsHeader("PAYMENT-REQUIRED"))
			.isEqualTo(reason.status() == 402 || reason.status() == 412);
		assertThat(this.response.containsHeader("Retry-After")).isEqualTo(reason.retryable());
		assertThat(this.response.getHeader("Vary")).isEqualTo("Accept");
	}

	@ParameterizedTest
	@CsvSource({ "MALFORMED_PAYMENT, 400", "PAYMENT_HEADER_TOO_LARGE, 400", "REQUIREMENTS_MISMATCH, 402",
			"AMBIGUOUS_PAYMENT, 400" })
	void whenMalformedIsConfiguredAs400ThenOnlyTheUnreadableIs(ReasonCode reason, int status) throws IOException {
		this.request.addHeader("User-Agent", "curl");
		new DefaultPaymentRequiredEntryPoint(new RefusalDocuments(400, true, new WalletPage(Offers.NETWORKS)))
			.commence(this.request, this.response, challenge(PaymentRefusal.of(reason)));
		assertThat(this.response.getStatus()).isEqualTo(status);
		assertThat(this.response.containsHeader("PAYMENT-REQUIRED")).isEqualTo(reason.status() == 402);
	}

	@Test
	void whenCurrentVersionIsNotSpokenThenThereIsNoHeader() throws IOException {
		new DefaultPaymentRequiredEntryPoint(new RefusalDocuments(402, false, new WalletPage(Offers.NETWORKS)))
			.commence(this.request, this.response, challenge(PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)));
		assertThat(this.response.containsHeader("PAYMENT-REQUIRED")).isFalse();
		assertThat(this.response.getContentAsString()).contains("\"x402Version\":1");
	}

	@Test
	void whenRetryIsDueInLessThanASecondThenAsksForOne() throws IOException {
		PaymentRefusal refusal = new PaymentRefusal(ReasonCode.SETTLEMENT_PENDING, "settlement_pending", null, null,
				null, Duration.ofMillis(20));
		commence("curl", refusal, "*/*");
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("1");
	}

	private void commence(String agent, PaymentRefusal refusal, String... accept) throws IOException {
		this.request.addHeader("User-Agent", agent);
		for (String value : accept) {
			this.request.addHeader("Accept", value);
		}
		new DefaultPaymentRequiredEntryPoint(new RefusalDocuments(402, true, new WalletPage(Offers.NETWORKS)))
			.commence(this.request, this.response, challenge(refusal));
	}

	private static PaymentChallenge challenge(PaymentRefusal refusal) {
		return Offers.challenge("https://api.example.com/sold", "Sold", refusal);
	}

}
