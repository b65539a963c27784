/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.evm.BoundNonce;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A buyer at sellers that speak only the Machine Payments Protocol.
 */
class MachineSellerTests {

	private static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String TRANSACTION = "0x" + "5a".repeat(32);

	private static final JsonMapper MAPPER = new JsonMapper();

	private final Buyers buyer = new Buyers();

	@BeforeEach
	void payMachines() {
		this.buyer.machinePayments = true;
	}

	@ParameterizedTest
	@EnumSource
	void whenSellerSpeaksNothingElseThenItIsPaid(ClientKind kind) throws Exception {
		try (Seller seller = seller(challenge((request) -> {
		}))) {
			ResponseEntity<String> response = kind.client(this.buyer.payer()).post(seller.uri("/a"), "good day");
			assertThat(response.getBody()).isEqualTo(Answer.GOODS + " good day");
			assertThat(new ReceiptReader().read(response.getHeaders()).transaction()).isEqualTo(TRANSACTION);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
			JsonNode credential = credential(seller.requests().get(1), "authorization");
			assertThat(credential.path("challenge").path("id").asString()).isEqualTo("the \"id\"");
			assertThat(credential.path("challenge").path("opaque").asString()).isEqualTo("b3A");
			JsonNode payload = credential.path("payload");
			assertThat(payload.path("type").asString()).isEqualTo("authorization");
			assertThat(payload.path("nonce").asString()).isEqualTo(BoundNonce.of("the \"id\"shop.example"));
			assertThat(payload.path("to").asString()).isEqualTo(SELLER);
			assertThat(payload.path("value").asString()).isEqualTo("50000");
			assertThat(payload.path("signature").asString()).hasSize(132);
			assertThat(new BigInteger(payload.path("validBefore").asString()).longValueExact()).isLessThanOrEqualTo(
					Instant.parse(credential.path("challenge").path("expires").asString()).getEpochSecond());
			assertThat(credential.path("source").asString())
				.isEqualTo("did:pkh:eip155:84532:" + this.buyer.signer.address());
		}
	}

	@Test
	void whenBuyerIsNotToldToThenNothingIsSigned() {
		this.buyer.machinePayments = false;
		try (Seller seller = seller(challenge((request) -> {
		}))) {
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getStatusCode().value())
				.isEqualTo(402);
			assertThat(this.buyer.signer.signatures()).isZero();
			assertThat(seller.requests()).hasSize(1);
		}
	}

	@Test
	void whenSellerSpeaksX402TooThenItIsPaidByThat() {
		try (Seller seller = new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.of(402, Map.of("PAYMENT-REQUIRED", Offers.header(Offers.usdc(50_000)), "WWW-Authenticate",
						challenge((other) -> {
						})), "{}"))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			assertThat(seller.payments()).hasSize(1);
			assertThat(seller.requests()).allMatch((request) -> credential(request) == null);
		}
	}

	@Test
	void whenRequestHasACredentialOfAUserThenItStays() throws Exception {
		try (Seller seller = seller(challenge((request) -> {
		}))) {
			String body = ClientKind.restClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.header(HttpHeaders.AUTHORIZATION, "Bearer of.a.user")
				.retrieve()
				.body(String.class);
			assertThat(body).startsWith(Answer.GOODS);
			assertThat(seller.requests().get(1).headers()).containsEntry("authorization", "Bearer of.a.user");
			assertThat(credential(seller.requests().get(1), "payment-authorization").has("payload")).isTrue();
		}
	}

	@Test
	void whenSellerNamesAnotherHeaderThenThePaymentIsSentThere() throws Exception {
		try (Seller seller = seller(challenge((request) -> {
		}) + ", header=\"Payment-Authorization\"")) {
			ClientKind.WEB_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			assertThat(credential(seller.requests().get(1), "payment-authorization").path("challenge")
				.path("header")
				.asString()).isEqualTo("Payment-Authorization");
			assertThat(seller.requests().get(1).headers()).doesNotContainKey("authorization");
		}
	}

	@Test
	void whenResponseIsLostThenTheSamePaymentIsSentAgain() {
		AtomicInteger paid = new AtomicInteger();
		String challenge = challenge((request) -> {
		});
		try (Seller seller = new Seller((request) -> {
			if (credential(request) == null) {
				return unpaid(challenge);
			}
			return (paid.getAndIncrement() == 0) ? Answer.NONE : delivered(request);
		})) {
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getBody())
				.startsWith(Answer.GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			List<String> credentials = seller.requests().stream().map(MachineSellerTests::credential).toList();
			assertThat(credentials.get(1)).isEqualTo(credentials.get(2));
		}
	}

	@Test
	void whenSellerRefusesThePaymentThenNoOtherIsSigned() {
		String challenge = challenge((request) -> {
		});
		try (Seller seller = new Seller((request) -> unpaid(challenge))) {
			ClientKind.Client client = ClientKind.REST_CLIENT.client(this.buyer.payer());
			assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(402);
			assertThat(this.buyer.told()).containsExactly("Signed", "Declined");
			client.get(seller.uri("/"));
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	static Stream<Named<Consumer<Map<String, Object>>>> refused() {
		return Stream.of(Named.of("too much", (request) -> request.put("amount", "100001")),
				Named.of("an amount that is a number", (request) -> request.put("amount", 50_000)),
				Named.of("another token", (request) -> request.put("currency", SELLER)),
				Named.of("no recipient", (request) -> request.remove("recipient")),
				Named.of("another network", (request) -> details(request).put("chainId", 8453)));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whenPolicyDoesNotAllowItThenItIsRefused(Consumer<Map<String, Object>> change) {
		try (Seller seller = seller(challenge(change))) {
			assertThatExceptionOfType(PaymentRefusedException.class)
				.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")));
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	static Stream<Named<Consumer<Map<String, Object>>>> skipped() {
		return Stream.of(
				Named.of("several recipients",
						(request) -> details(request).put("splits", List.of(Map.of("recipient", USDC, "amount", "1")))),
				Named.of("another kind of payment",
						(request) -> details(request).put("credentialTypes", List.of("transaction"))),
				Named.of("no kind of payment", (request) -> details(request).remove("credentialTypes")),
				Named.of("no network", (request) -> details(request).remove("chainId")),
				Named.of("no details", (request) -> request.remove("methodDetails")));
	}

	@ParameterizedTest
	@MethodSource("skipped")
	void whenAnAuthorizationDoesNotPayItThenTheResponseIsReturned(Consumer<Map<String, Object>> change) {
		assertNotPaid(challenge(change));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Payment", "Basic realm=\"a\"", "Payment id=\"a\", id=\"b\"", "Payment \"",
			"Negotiate a==", "Basic realm=\"Payment id=1, method=evm\"", ",,,", "Payment id=\"a\" \u0000" })
	void whenItIsNoChallengeThenTheResponseIsReturned(String value) {
		assertNotPaid(value);
	}

	@Test
	void whenAParameterIsThereTwiceThenTheResponseIsReturned() {
		assertNotPaid(challenge((request) -> {
		}) + ", realm=\"other.example\"");
	}

	@Test
	void whenItIsOfAnotherMethodThenTheResponseIsReturned() {
		assertNotPaid(challenge((request) -> {
		}).replace("\"evm\"", "\"tempo\""));
	}

	@Test
	void whenItIsOneOfSeveralInALineThenItIsFound() {
		try (Seller seller = seller("Basic realm=\"a, Payment b\", " + challenge((request) -> {
		}).replace("\"evm\"", "\"tempo\"") + ", " + challenge((request) -> {
		}) + ", Bearer")) {
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getBody())
				.startsWith(Answer.GOODS);
		}
	}

	@Test
	void whenItHasExpiredThenItIsRefused() {
		try (Seller seller = seller(challenge((request) -> {
		}, Instant.now().minusSeconds(1)))) {
			assertThatExceptionOfType(PaymentRefusedException.class)
				.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")));
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	private void assertNotPaid(String challenge) {
		try (Seller seller = seller(challenge)) {
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getStatusCode().value())
				.isEqualTo(402);
			assertThat(this.buyer.signer.signatures()).isZero();
			assertThat(seller.requests()).hasSize(1);
		}
	}

	private static Seller seller(String challenge) {
		return new Seller((request) -> (credential(request) != null) ? delivered(request) : unpaid(challenge));
	}

	private static Answer unpaid(String challenge) {
		return Answer.of(402, Map.of("WWW-Authenticate", challenge, "Content-Type", "application/problem+json"), "{}");
	}

	private static Answer delivered(Seller.Request request) {
		String receipt = encode(Map.of("method", "evm", "reference", TRANSACTION, "status", "success", "timestamp",
				"2026-11-28T01:05:10.736Z"));
		return Answer.of(200, Map.of("Payment-Receipt", receipt), Answer.GOODS + " " + request.body());
	}

	private static String challenge(Consumer<Map<String, Object>> change) {
		return challenge(change, Instant.now().plus(Duration.ofMinutes(1)));
	}

	private static String challenge(Consumer<Map<String, Object>> change, Instant expires) {
		Map<String, Object> details = new LinkedHashMap<>(
				Map.of("chainId", 84532, "credentialTypes", List.of("authorization"), "decimals", 6));
		Map<String, Object> request = new LinkedHashMap<>(
				Map.of("amount", "50000", "currency", USDC, "recipient", SELLER, "methodDetails", details));
		change.accept(request);
		return "Payment id=\"the \\\"id\\\"\", realm=\"shop.example\", method=\"evm\", intent=\"charge\", request=\""
				+ encode(request) + "\", description=\"A forecast\", expires=\"" + expires + "\", opaque=\"b3A\"";
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> details(Map<String, Object> request) {
		return (Map<String, Object>) request.get("methodDetails");
	}

	private static String encode(Map<String, Object> object) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(MAPPER.writeValueAsBytes(object));
	}

	private static @Nullable String credential(Seller.Request request) {
		return Stream.of("authorization", "payment-authorization")
			.map(request.headers()::get)
			.filter((value) -> value != null && value.startsWith("Payment "))
			.findFirst()
			.orElse(null);
	}

	private static JsonNode credential(Seller.Request request, String header) {
		String value = request.headers().get(header);
		assertThat(value).startsWith("Payment ");
		return MAPPER.readTree(new String(Base64.getUrlDecoder().decode(value.substring(8)), StandardCharsets.UTF_8));
	}

}
