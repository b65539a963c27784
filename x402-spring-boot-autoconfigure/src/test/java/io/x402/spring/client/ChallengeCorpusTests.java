/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.corpus.Corpus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;

/**
 * Our buyer and the official ones before the same challenges.
 */
class ChallengeCorpusTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@Test
	void whenChallengeIsOfTheCorpusThenItIsPaidAsOfficialBuyersPayIt() {
		Corpus.of("challenges").assertDecidedAlike(ChallengeCorpusTests::verdict);
	}

	private static String verdict(JsonNode challenge) {
		AtomicReference<@Nullable String> sent = new AtomicReference<>();
		Buyers buyer = new Buyers();
		buyer.sellers = new SpendingPolicy.Sellers(List.of("shop.example.com"), false, true, Map.of());
		RestClient client = RestClient.builder()
			.requestFactory((uri, method) -> request(uri, method, challenge, sent))
			.requestInterceptor(new PaymentRequestInterceptor(buyer.payer()))
			.build();
		try {
			client.get()
				.uri("https://shop.example.com/paid")
				.exchange((request, response) -> response.getStatusCode().value());
		}
		catch (PaymentRefusedException ex) {
			// Nothing was sent then
		}
		String payment = sent.get();
		return (payment != null) ? describe(payment) : "refuses";
	}

	private static ClientHttpRequest request(URI uri, HttpMethod method, JsonNode challenge,
			AtomicReference<@Nullable String> sent) {
		return new MockClientHttpRequest(method, uri) {

			@Override
			protected ClientHttpResponse executeInternal() {
				String payment = getHeaders().getFirst("PAYMENT-SIGNATURE");
				payment = (payment != null) ? payment : getHeaders().getFirst("X-PAYMENT");
				if (payment == null) {
					return unpaid(challenge);
				}
				sent.set(payment);
				return new MockClientHttpResponse("{}".getBytes(StandardCharsets.UTF_8), HttpStatus.OK);
			}

		};
	}

	private static ClientHttpResponse unpaid(JsonNode challenge) {
		MockClientHttpResponse response = new MockClientHttpResponse(
				challenge.get("body").stringValue().getBytes(StandardCharsets.UTF_8), HttpStatus.PAYMENT_REQUIRED);
		challenge.get("headers")
			.forEach((header) -> response.getHeaders().add(header.get(0).stringValue(), header.get(1).stringValue()));
		return response;
	}

	private static String describe(String header) {
		JsonNode payment = JSON.readTree(Base64.getDecoder().decode(header));
		JsonNode offer = payment.path("accepted").isObject() ? payment.get("accepted") : payment;
		JsonNode authorization = payment.get("payload").get("authorization");
		return "pays v%d %s to %s by %s on %s".formatted(payment.get("x402Version").intValue(),
				authorization.get("value").stringValue(),
				authorization.get("to").stringValue().toLowerCase(Locale.ROOT), offer.get("scheme").stringValue(),
				offer.get("network").stringValue());
	}

}
