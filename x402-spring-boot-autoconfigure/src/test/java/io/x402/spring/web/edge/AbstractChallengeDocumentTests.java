/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Base64;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documents that buyers read, compared with fixtures.
 */
abstract class AbstractChallengeDocumentTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	@LocalServerPort
	private int port;

	@Test
	void whenNothingIsPaidThenHeaderIsV2AndBodyIsV1() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast?city=Z%C3%BCrich&days=2");
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(header(answer)).isEqualTo(fixture("unpaid-header.json"));
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("unpaid-body.json"));
	}

	@Test
	void whenNetworkIsUnknownToV1ThenBodyIsV2() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/modern");
		assertThat(header(answer)).isEqualTo(fixture("modern-header.json"));
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("modern-body.json"));
	}

	@Test
	void whenPaymentCannotBeReadThenSaysSoWithFreshOffers() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast", "PAYMENT-SIGNATURE", "e30=");
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(header(answer)).isEqualTo(fixture("malformed-header.json"));
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("malformed-body.json"));
	}

	@Test
	void whenPaymentFitsNoOfferThenSaysSoWithFreshOffers() throws IOException, InterruptedException {
		Http http = new Http(this.port);
		PaymentRequirements other = Buyer.offers(http.get("/modern").headers()).get(0);
		HttpResponse<String> answer = http.get("/forecast", "PAYMENT-SIGNATURE", new Buyer().pay(other));
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(header(answer)).isEqualTo(fixture("mismatch-header.json"));
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("mismatch-body.json"));
	}

	@Test
	void whenPriceCannotBeToldThenSaysSo() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/broken");
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("unavailable-body.json"));
	}

	@Test
	void whenPaymentsAreSentTwiceInOneRequestThenNeitherIsUsed() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Http(this.port).get("/forecast", "PAYMENT-SIGNATURE", "e30=", "X-PAYMENT",
				"e30=");
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
		assertThat(MAPPER.readTree(answer.body())).isEqualTo(fixture("ambiguous-body.json"));
	}

	private static JsonNode header(HttpResponse<String> answer) {
		return MAPPER
			.readTree(Base64.getDecoder().decode(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow()));
	}

	private static JsonNode fixture(String name) throws IOException {
		try (InputStream file = AbstractChallengeDocumentTests.class.getResourceAsStream(name)) {
			assertThat(file).as(name).isNotNull();
			return MAPPER.readTree(file);
		}
	}

}
