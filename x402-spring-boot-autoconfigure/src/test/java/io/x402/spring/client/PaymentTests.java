/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every client of Spring pays, over HTTP.
 */
class PaymentTests {

	private final Buyers buyer = new Buyers();

	@ParameterizedTest
	@EnumSource
	void whenSellerAsksThenIsPaidOnceAndDelivers(ClientKind kind) {
		try (Seller seller = Seller.honest(50_000)) {
			ResponseEntity<String> answer = kind.client(this.buyer.payer()).get(seller.uri("/weather?city=Bern"));
			assertThat(answer.getStatusCode().value()).isEqualTo(200);
			assertThat(answer.getBody()).startsWith(Answer.GOODS);
			assertThat(new ReceiptReader().read(answer.getHeaders()).success()).isTrue();
			assertThat(seller.requests()).extracting(Seller.Request::path)
				.containsExactly("/weather?city=Bern", "/weather?city=Bern");
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenRequestHasBodyThenItIsSentAgainWithThePayment(ClientKind kind) {
		try (Seller seller = Seller.honest(50_000)) {
			ResponseEntity<String> answer = kind.client(this.buyer.payer()).post(seller.uri("/echo"), "good day");
			assertThat(answer.getBody()).isEqualTo(Answer.GOODS + " good day");
			assertThat(seller.requests()).extracting(Seller.Request::body).containsExactly("good day", "good day");
			assertThat(seller.requests()).extracting((request) -> request.headers().get("content-type"))
				.doesNotContainNull()
				.allMatch(seller.requests().get(0).headers().get("content-type")::equals);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenSellerSpeaksV1ThenIsPaidInV1(ClientKind kind) {
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.of(402, Map.of("Content-Type", "application/json"), Offers.bodyV1(50_000)))) {
			assertThat(kind.client(this.buyer.payer()).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			PaymentPayload.V1 payment = (PaymentPayload.V1) Offers.CODEC.decodePayment(ProtocolVersion.V1,
					seller.requests().get(1).headers().get("x-payment"));
			assertThat(payment.network()).isEqualTo("base-sepolia");
			assertThat(EvmPayload.from(payment.payload()).value()).isEqualTo(50_000);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenNothingIsAskedForThenNothingIsSigned(ClientKind kind) {
		try (Seller seller = new Seller((request) -> Answer.of(200, Map.of(), "free"))) {
			assertThat(kind.client(this.buyer.payer()).get(seller.uri("/")).getBody()).isEqualTo("free");
			assertThat(this.buyer.signer.signatures()).isZero();
			assertThat(seller.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAnswer402IsNotOfX402ThenTheCallerGetsIt(ClientKind kind) {
		try (Seller seller = new Seller((request) -> Answer.of(402, Map.of("X-Other", "yes"), "pay by card"))) {
			ResponseEntity<String> answer = kind.client(this.buyer.payer()).get(seller.uri("/"));
			assertThat(answer.getStatusCode().value()).isEqualTo(402);
			assertThat(answer.getHeaders().getFirst("X-Other")).isEqualTo("yes");
			if (kind != ClientKind.INTERFACE_ON_WEB_CLIENT) {
				assertThat(answer.getBody()).isEqualTo("pay by card");
			}
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenCallerSendsAPaymentOfItsOwnThenItIsNotTouched(ClientKind kind) {
		if (kind != ClientKind.REST_CLIENT) {
			return;
		}
		try (Seller seller = new Seller((request) -> Answer.unpaid(Offers.header(Offers.usdc(1))))) {
			ClientKind.restClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.header("PAYMENT-SIGNATURE", "mine")
				.retrieve()
				.toBodilessEntity();
			assertThat(seller.payments()).containsExactly("mine");
		}
	}

	@Test
	void whenPaidThenPaymentRepeatsOfferResourceAndExtensionsAsTheyWere() {
		Map<String, Object> document = Offers.with(Offers.document(Offers.with(Offers.usdc(50_000), "custom", "kept")),
				"extensions", Map.of("bazaar", Map.of("info", Map.of("input", "x"))));
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.unpaid(Offers.CODEC.encode(document)))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			PaymentPayload.V2 payment = (PaymentPayload.V2) Offers.CODEC.decodePayment(ProtocolVersion.V2,
					seller.payments().get(0));
			assertThat(payment.accepted()).isEqualTo(((List<?>) document.get("accepts")).get(0));
			assertThat(payment.resource()).isEqualTo(document.get("resource"));
			assertThat(payment.extensions()).isEqualTo(document.get("extensions"));
			EvmPayload.Eip3009 authorization = (EvmPayload.Eip3009) EvmPayload.from(payment.payload());
			assertThat(authorization.to()).isEqualTo(Offers.PAY_TO);
			assertThat(authorization.value()).isEqualTo(50_000);
			assertThat(authorization.nonce()).matches("0x[0-9a-f]{64}");
		}
	}

	@Test
	void whenSellerWantsIdentifiersThenThePaymentHasOne() {
		Map<String, Object> document = Offers.with(Offers.document(Offers.usdc(1)), "extensions",
				Map.of("payment-identifier", Map.of("info", Map.of("required", true))));
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.unpaid(Offers.CODEC.encode(document)))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			PaymentPayload.V2 payment = (PaymentPayload.V2) Offers.CODEC.decodePayment(ProtocolVersion.V2,
					seller.payments().get(0));
			Map<?, ?> identifier = (Map<?, ?>) payment.extensions().get("payment-identifier");
			assertThat(((Map<?, ?>) identifier.get("info")).get("id")).asString().matches("[A-Za-z0-9_-]{16,128}");
			assertThat(((Map<?, ?>) identifier.get("info")).get("required")).isEqualTo(true);
		}
	}

	@Test
	void whenPaidThenRequestTellsThePurchase() {
		try (Seller seller = Seller.honest(50_000)) {
			Purchase purchase = ClientKind.restClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/weather?key=secret"))
				.exchange((request, response) -> Purchase.of(request));
			assertThat(purchase.terms().price()).isEqualByComparingTo(new BigDecimal("0.05"));
			assertThat(purchase.terms().symbol()).isEqualTo("USDC");
			assertThat(purchase.status()).isEqualTo(200);
			assertThat(purchase.attempts()).isEqualTo(1);
			assertThat(purchase.description()).isEqualTo("Weather");
			assertThat(purchase.receipt().transaction()).startsWith("0x5a");
			assertThat(purchase.toString()).doesNotContain("secret");
			Purchase reactive = ClientKind.webClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.exchangeToMono((response) -> response.releaseBody().thenReturn(Purchase.of(response.request())))
				.block();
			assertThat(reactive.status()).isEqualTo(200);
		}
	}

	@Test
	void whenRequestIsMadeTwiceThenItIsBoughtTwice() {
		try (Seller seller = Seller.honest(50_000)) {
			Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			client.get(seller.uri("/"));
			client.get(seller.uri("/"));
			assertThat(seller.payments()).hasSize(2).doesNotHaveDuplicates();
		}
	}

}
