/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.protocol.SignInPayload;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A buyer that signs in before it pays, and at whom it does not.
 */
class SellerSignInTests {

	private final Buyers buyer = new Buyers();

	@BeforeEach
	void signIn() {
		this.buyer.signIn = true;
	}

	@ParameterizedTest
	@EnumSource
	void whenSellerTakesTheSignInThenNothingIsPaid(ClientKind kind) {
		try (Seller seller = asking(true, (extension) -> {
		})) {
			ResponseEntity<String> response = kind.client(this.buyer.payer()).post(seller.uri("/a?b=c"), "good day");
			assertThat(response.getBody()).isEqualTo(Answer.GOODS + " good day");
			assertThat(seller.requests()).extracting(Seller.Request::body).containsExactly("good day", "good day");
			assertThat(seller.payments()).isEmpty();
			assertThat(this.buyer.events).isEmpty();
			assertThat(signIn(seller.requests().get(0))).isNull();
			String header = signIn(seller.requests().get(1));
			assertThat(header).isNotNull();
			SignInPayload payload = Offers.CODEC.decode(header, SignInPayload.class);
			assertThat(PersonalMessage.isSignedBy(this.buyer.signer.address(), payload.text(), payload.signature()))
				.isTrue();
			assertThat(payload.address()).isEqualTo(this.buyer.signer.address());
			assertThat(payload.uri()).isEqualTo(seller.uri("/a?b=c").toString());
			assertThat(payload.nonce()).isEqualTo("00112233445566778899aabbccddeeff");
			assertThat(payload.chainId()).isEqualTo("eip155:84532");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenSellerDoesNotTakeTheSignInThenItIsPaidOnce(ClientKind kind) {
		try (Seller seller = asking(false, (extension) -> {
		})) {
			assertThat(kind.client(this.buyer.payer()).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertThat(seller.requests()).extracting((request) -> signIn(request) != null)
				.containsExactly(false, true, false);
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenBuyerIsNotToldToSignInThenItPays(ClientKind kind) {
		this.buyer.signIn = false;
		try (Seller seller = asking(true, (extension) -> {
		})) {
			assertThat(kind.client(this.buyer.payer()).get(seller.uri("/")).getBody()).startsWith(Answer.GOODS);
			assertThat(seller.requests()).allMatch((request) -> signIn(request) == null);
			assertThat(seller.payments()).hasSize(1);
		}
	}

	@Test
	void whenSellerMustNotBePaidThenNothingIsSigned() {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("shop.example"), false, true, Map.of());
		try (Seller seller = asking(true, (extension) -> {
		})) {
			assertThatExceptionOfType(PaymentRefusedException.class)
				.isThrownBy(() -> ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")));
			assertThat(this.buyer.signer.signatures()).isZero();
			assertThat(seller.requests()).hasSize(1);
		}
	}

	static Stream<Named<Consumer<Map<String, Object>>>> foreign() {
		return Stream.of(info("another host", "domain", (port) -> "shop.example"),
				info("another port", "domain", (port) -> "127.0.0.1:1"),
				info("no port", "domain", (port) -> "127.0.0.1"), info("no host", "domain", (port) -> null),
				info("host that is no text", "domain", (port) -> List.of("127.0.0.1:" + port)),
				info("URL of another host", "uri", (port) -> "http://shop.example/"),
				info("URL of another port", "uri", (port) -> "http://127.0.0.1:1/"),
				info("URL of another scheme", "uri", (port) -> "https://127.0.0.1:" + port + "/"),
				info("URL with a user", "uri", (port) -> "http://127.0.0.1:" + port + "@shop.example/"),
				info("URL with a user of this host", "uri", (port) -> "http://shop.example@127.0.0.1:" + port + "/"),
				info("URL without a host", "uri", (port) -> "/"),
				info("URL that is none", "uri", (port) -> "http://127.0.0.1:" + port + "/ \\"),
				info("line break in the host", "domain", (port) -> "127.0.0.1:" + port + "\n"),
				info("line break in the statement", "statement", (port) -> "a\nURI: http://shop.example/"),
				info("line break in the nonce", "nonce", (port) -> "00112233\nIssued At: 2026"),
				info("statement of 8 KB", "statement", (port) -> "a".repeat(8192)),
				info("no nonce", "nonce", (port) -> null), info("another version", "version", (port) -> "2"),
				info("resources that are no texts", "resources", (port) -> Arrays.asList(1, null)),
				Named.of("another network", (extension) -> chain(extension, "eip155:8453", "eip191")),
				Named.of("another family", (extension) -> chain(extension, "solana:x", "ed25519")),
				Named.of("another kind of signature", (extension) -> chain(extension, "eip155:84532", "ed25519")),
				Named.of("no networks", (extension) -> extension.remove("supportedChains")),
				Named.of("networks that are no list", (extension) -> extension.put("supportedChains", "eip155:84532")),
				Named.of("no information", (extension) -> extension.remove("info")));
	}

	@ParameterizedTest
	@MethodSource("foreign")
	void whenSellerAsksForSomethingElseThenBuyerDoesNotSignInAndPays(Consumer<Map<String, Object>> change) {
		try (Seller seller = asking(true, change)) {
			assertThat(ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/")).getBody())
				.startsWith(Answer.GOODS);
			assertThat(seller.requests()).hasSize(2).allMatch((request) -> signIn(request) == null);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	@Test
	void whenSeveralNetworksAreOfferedThenOneIsTakenThatMayBePaidOn() {
		try (Seller seller = asking(true,
				(extension) -> extension.put("supportedChains",
						List.of(Map.of("chainId", "solana:x", "type", "ed25519"),
								Map.of("chainId", "eip155:1", "type", "eip191"),
								Map.of("chainId", "eip155:84532", "type", "eip191"))))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).get(seller.uri("/"));
			assertThat(Offers.CODEC.decode(signIn(seller.requests().get(1)), SignInPayload.class).chainId())
				.isEqualTo("eip155:84532");
		}
	}

	private static Named<Consumer<Map<String, Object>>> info(String name, String member,
			Function<Integer, @Nullable Object> value) {
		return Named.of(name, (extension) -> {
			@SuppressWarnings("unchecked")
			Map<String, Object> info = (Map<String, Object>) extension.get("info");
			info.put(member, value.apply(URI.create((String) info.get("uri")).getPort()));
		});
	}

	private static void chain(Map<String, Object> extension, String network, String type) {
		extension.put("supportedChains", List.of(Map.of("chainId", network, "type", type)));
	}

	/**
	 * A seller that asks to sign in or pay.
	 * @param taken whether a sign-in is enough
	 */
	private static Seller asking(boolean taken, Consumer<Map<String, Object>> change) {
		return new Seller((request) -> {
			boolean served = request.payment() != null || (taken && signIn(request) != null);
			return served ? Answer.delivered(request) : Answer.unpaid(challenge(request, change));
		});
	}

	private static String challenge(Seller.Request request, Consumer<Map<String, Object>> change) {
		String host = request.headers().get("host");
		Map<String, Object> info = new HashMap<>(Map.of("domain", host, "uri", "http://" + host + request.path(),
				"version", "1", "nonce", "00112233445566778899aabbccddeeff", "issuedAt", "2026-11-28T01:00:00.000Z",
				"expirationTime", "2026-11-28T01:05:00.000Z"));
		Map<String, Object> extension = new HashMap<>(
				Map.of("info", info, "supportedChains", List.of(Map.of("chainId", "eip155:84532", "type", "eip191"))));
		change.accept(extension);
		return Offers.CODEC.encode(
				Offers.with(Offers.document(Offers.usdc(50_000)), "extensions", Map.of(SignInPayload.KEY, extension)));
	}

	private static @Nullable String signIn(Seller.Request request) {
		return request.headers().get("sign-in-with-x");
	}

}
