/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.store.SpendingLimit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sellers of the Machine Payments Protocol that try to get more than the buyer may spend:
 * ten cents for a request and thirty in all, from one host, to one recipient.
 */
class HostileMachineSellerTests {

	private static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final JsonMapper MAPPER = new JsonMapper();

	private final Buyers buyer = new Buyers();

	@BeforeEach
	void payMachines() {
		this.buyer.machinePayments = true;
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.30")));
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenEveryResponseHasANewChallengeThenOnePaymentIsSigned(ClientKind kind) {
		AtomicInteger number = new AtomicInteger();
		try (Seller seller = new Seller((request) -> unpaid(
				new Ask().id("challenge " + number.incrementAndGet()).amount(String.valueOf(10_000 + number.get()))))) {
			buy(kind, seller, 10);
			assertThat(this.buyer.signer.signatures()).isOne();
			assertThat(credentials(seller)).hasSize(10);
			assertThat(credentials(seller).stream().distinct()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenItDeliversForManyChallengesThenTheBudgetEndsIt(ClientKind kind) {
		AtomicInteger number = new AtomicInteger();
		try (Seller seller = new Seller((request) -> (credential(request) != null) ? Answer.of(200, Map.of(), "goods")
				: unpaid(new Ask().id("challenge " + number.incrementAndGet()).amount("90000")))) {
			buy(kind, seller, 20);
			assertThat(amounts(seller)).containsExactly(90_000L, 90_000L, 90_000L);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenTheRecipientChangesThenItIsNotPaid(ClientKind kind) {
		AtomicInteger number = new AtomicInteger();
		try (Seller seller = new Seller((request) -> (credential(request) != null) ? Answer.of(200, Map.of(), "goods")
				: unpaid(new Ask().id("challenge " + number.incrementAndGet())
					.recipient((number.get() == 1) ? SELLER : Offers.OTHER)))) {
			buy(kind, seller, 5);
			assertThat(payloads(seller)).extracting((payload) -> payload.path("to").asString()).containsExactly(SELLER);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenThereAreSeveralChallengesThenOneWithinTheLimitIsPaidAndNamed(ClientKind kind) {
		String challenges = String.join(", ", new Ask().id("dear").amount("5000000").toString(),
				new Ask().id("cheap").amount("20000").toString(), new Ask().id("dearer").amount("90000").toString(),
				new Ask().id("real money").chainId(8453).amount("1").toString());
		try (Seller seller = delivering(challenges)) {
			buy(kind, seller, 1);
			assertThat(amounts(seller)).containsExactly(20_000L);
			assertThat(decoded(credentials(seller).get(0)).at("/challenge/id").asString()).isEqualTo("cheap");
		}
	}

	/**
	 * The nonce belongs to identifier and realm, so that the token takes one of the
	 * payments and no more, whoever asks for the others.
	 */
	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenAnotherSellerPassesAChallengeOnThenOneOfBothPaymentsCanSettle(ClientKind kind) {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("127.0.0.1"), false, false, Map.of());
		Ask ask = new Ask().id("one").realm("shop.example");
		try (Seller one = delivering(ask.toString());
				Seller other = delivering(ask.recipient(Offers.OTHER).toString())) {
			buy(kind, one, 1);
			buy(kind, other, 1);
			assertThat(payloads(one).get(0).path("nonce")).isEqualTo(payloads(other).get(0).path("nonce"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenItRedirectsThenThePaymentGoesNowhereElse(ClientKind kind) {
		for (int status : new int[] { 301, 302, 303, 307, 308 }) {
			try (Seller thief = delivering(new Ask().toString());
					Seller seller = new Seller((request) -> (credential(request) != null)
							? Answer.of(status, Map.of("Location", thief.uri("/").toString()), "")
							: unpaid(new Ask().id("to " + status).amount("1000")))) {
				buy(kind, seller, 3);
				assertThat(thief.requests()).isEmpty();
				assertThat(credentials(seller).stream().distinct()).hasSize(1);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenTheHostMayNotBePaidThenNothingIsSigned(ClientKind kind) {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("shop.example"), false, true, Map.of());
		try (Seller seller = delivering(new Ask().realm("shop.example").toString())) {
			buy(kind, seller, 3);
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	static Stream<String> unusable() {
		String last = new Ask().toString();
		return Stream.of(
				IntStream.range(0, 16)
					.mapToObj((i) -> new Ask().id("a" + i).chainId(8453).toString())
					.collect(Collectors.joining(", ")) + ", " + last,
				"Basic realm=\"" + "a".repeat(70_000) + "\", " + last, new Ask().id("a".repeat(70_000)).toString(),
				new Ask().amount("1e4").toString(), new Ask().amount("-1").toString(),
				new Ask().amount("0x10").toString(), new Ask().amount("9".repeat(100)).toString(),
				new Ask().recipient(USDC + "00").toString(), new Ask().recipient("0x" + "0".repeat(40)).toString(),
				new Ask().expires("yesterday").toString(), new Ask().expires(Instant.now().toString()).toString(),
				new Ask().expires("-999999999-01-01T00:00:00Z").toString(),
				new Ask().details("chainId", "84532").toString(), new Ask().details("chainId", 84532.5).toString(),
				new Ask().details("splits", List.of(Map.of("amount", "1"))).toString(),
				new Ask().details("splits", "all").toString(), new Ask().toString().replace("charge", "session"),
				new Ask().toString().replace("request=\"", "request=\"=="));
	}

	@ParameterizedTest
	@MethodSource("unusable")
	void whenAChallengeIsMalformedOrBeyondItsLimitsThenNothingIsSigned(String challenge) {
		try (Seller seller = delivering(challenge)) {
			buy(ClientKind.REST_CLIENT, seller, 2);
			buy(ClientKind.WEB_CLIENT, seller, 2);
			assertThat(this.buyer.signer.signatures()).isZero();
			assertThat(seller.requests()).hasSize(4);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenAChallengeLastsForYearsThenThePaymentDoesNot(ClientKind kind) {
		for (String expires : new String[] { "9999-12-31T23:59:59Z", "+1000000000-12-31T23:59:59.999999999Z" }) {
			try (Seller seller = delivering(new Ask().amount("1000").expires(expires).toString())) {
				buy(kind, seller, 1);
				assertThat(payloads(seller))
					.allMatch((payload) -> new BigInteger(payload.path("validBefore").asString())
						.longValueExact() <= Instant.now().plus(Duration.ofMinutes(10)).getEpochSecond());
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenItNamesOtherDecimalsThenTheTokensOwnCount(ClientKind kind) {
		try (Seller seller = delivering(new Ask().amount("5000000").details("decimals", 18).toString())) {
			buy(kind, seller, 1);
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void whenItClaimsThatAnotherPaymentWasMadeThenTheSameOneIsSentAgain(ClientKind kind) {
		String receipt = encode(Map.of("method", "evm", "reference", "pay again", "status", "success"));
		try (Seller seller = new Seller((request) -> Answer.of(402,
				Map.of("WWW-Authenticate", new Ask().toString(), "Payment-Receipt", receipt), "{}"))) {
			buy(kind, seller, 5);
			assertThat(this.buyer.signer.signatures()).isOne();
			assertThat(credentials(seller).stream().distinct()).hasSize(1);
		}
	}

	private void buy(ClientKind kind, Seller seller, int times) {
		Payer payer = this.buyer.payer();
		for (int i = 0; i < times; i++) {
			try {
				kind.client(payer).send(HttpMethod.GET, seller.uri("/goods"), null);
			}
			catch (RuntimeException ex) {
				assertThat(ex).isInstanceOf(PaymentRefusedException.class);
			}
		}
	}

	private static Seller delivering(String challenge) {
		return new Seller((request) -> (credential(request) != null) ? Answer.of(200, Map.of(), "goods")
				: Answer.of(402, Map.of("WWW-Authenticate", challenge), "{}"));
	}

	private static Answer unpaid(Ask ask) {
		return Answer.of(402, Map.of("WWW-Authenticate", ask.toString()), "{}");
	}

	private static List<String> credentials(Seller seller) {
		return seller.requests()
			.stream()
			.map(HostileMachineSellerTests::credential)
			.filter((credential) -> credential != null)
			.toList();
	}

	private static List<JsonNode> payloads(Seller seller) {
		return credentials(seller).stream().map((credential) -> decoded(credential).path("payload")).toList();
	}

	private static List<Long> amounts(Seller seller) {
		return payloads(seller).stream().map((payload) -> Long.valueOf(payload.path("value").asString())).toList();
	}

	private static @Nullable String credential(Seller.Request request) {
		String value = request.headers().get(HttpHeaders.AUTHORIZATION.toLowerCase());
		return (value != null && value.startsWith("Payment ")) ? value : null;
	}

	private static JsonNode decoded(String credential) {
		return MAPPER
			.readTree(new String(Base64.getUrlDecoder().decode(credential.substring(8)), StandardCharsets.UTF_8));
	}

	private static String encode(Map<String, Object> object) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(MAPPER.writeValueAsBytes(object));
	}

	/**
	 * A challenge, a usable one unless it is changed.
	 */
	private static final class Ask {

		private final Map<String, Object> details = new LinkedHashMap<>(
				Map.of("chainId", 84532, "credentialTypes", List.of("authorization"), "decimals", 6));

		private final Map<String, Object> request = new LinkedHashMap<>(
				Map.of("amount", "50000", "currency", USDC, "recipient", SELLER, "methodDetails", this.details));

		private String id = "an id";

		private String realm = "shop.example";

		private String expires = Instant.now().plus(Duration.ofMinutes(1)).toString();

		Ask id(String id) {
			this.id = id;
			return this;
		}

		Ask realm(String realm) {
			this.realm = realm;
			return this;
		}

		Ask expires(String expires) {
			this.expires = expires;
			return this;
		}

		Ask amount(String amount) {
			this.request.put("amount", amount);
			return this;
		}

		Ask recipient(String recipient) {
			this.request.put("recipient", recipient);
			return this;
		}

		Ask chainId(int chainId) {
			return details("chainId", chainId);
		}

		Ask details(String name, Object value) {
			this.details.put(name, value);
			return this;
		}

		@Override
		public String toString() {
			return "Payment id=\"" + this.id + "\", realm=\"" + this.realm
					+ "\", method=\"evm\", intent=\"charge\", request=\"" + encode(this.request) + "\", expires=\""
					+ this.expires + "\"";
		}

	}

}
