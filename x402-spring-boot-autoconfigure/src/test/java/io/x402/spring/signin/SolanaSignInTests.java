/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.store.InMemoryPaymentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Accounts on Solana networks that sign in.
 */
class SolanaSignInTests {

	private static final String DEVNET = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

	private static final SignInRequest REQUEST = new SignInRequest("GET", "https://shop.example/hour",
			List.of("eip155:84532", DEVNET, "near:testnet"));

	private final PaymentCodec codec = new PaymentCodec();

	private final MovingClock clock = MovingClock.standing();

	private final SolanaAccount account = new SolanaAccount();

	private final SignIn signIn = new SignIn(
			new SignInSettings("https://shop.example", null, Duration.ofMinutes(5), Duration.ZERO), new byte[32],
			this.codec, new InMemoryPaymentStore(100, this.clock), this.clock);

	@Test
	void whenNetworksAreOfferedThenThoseThatCanSignInAreNamedWithTheirKindOfSignature() {
		assertThat(extension().get("supportedChains")).isEqualTo(List
			.of(Map.of("chainId", "eip155:84532", "type", "eip191"), Map.of("chainId", DEVNET, "type", "ed25519")));
		assertThat(
				this.signIn.challenge(new SignInRequest("GET", "https://shop.example/hour", List.of("near:testnet"))))
			.isEmpty();
		assertThat(this.signIn.challenge(new SignInRequest("GET", "https://other.example/hour", List.of(DEVNET))))
			.isEmpty();
	}

	@Test
	void whenAccountSignsThenItIsSignedInOnce() {
		String header = header(message());
		SignedIn signedIn = (SignedIn) this.signIn.verify(List.of(header), REQUEST);
		assertThat(signedIn.address()).isEqualTo(this.account.address());
		assertThat(signedIn.isAccount(this.account.address())).isTrue();
		assertThat(signedIn.isAccount(this.account.address().toLowerCase(Locale.ROOT))).isFalse();
		assertThat(signedIn.isAccount(null)).isFalse();
		assertThat(signedIn.use()).isTrue();
		assertThat(((SignedIn) this.signIn.verify(List.of(header), REQUEST)).use()).isFalse();
	}

	static Stream<Arguments> forged() {
		return Stream.of(Arguments.of("type", "eip191"), Arguments.of("chainId", "eip155:84532"),
				Arguments.of("chainId", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"),
				Arguments.of("chainId", "near:testnet"), Arguments.of("signatureScheme", "eip1271"),
				Arguments.of("address", new SolanaAccount().address()),
				Arguments.of("address", "11111111111111111111111111111111"));
	}

	@ParameterizedTest
	@MethodSource("forged")
	void whenMemberIsAnotherThenAccountIsNotSignedIn(String member, String value) {
		Map<String, Object> message = message();
		message.put(member, value);
		assertThat(this.signIn.verify(List.of(header(message)), REQUEST))
			.isEqualTo(new SignInResult.Refused(ReasonCode.SIGN_IN_INVALID));
	}

	@Test
	void whenHintIsThatOfOfficialBuyersThenAccountIsSignedIn() {
		Map<String, Object> message = message();
		message.put("signatureScheme", "siws");
		assertThat(this.signIn.verify(List.of(header(message)), REQUEST)).isInstanceOf(SignedIn.class);
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> extension() {
		return (Map<String, Object>) this.signIn.challenge(REQUEST).get(SignInPayload.KEY);
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> message() {
		Map<String, Object> message = new HashMap<>((Map<String, Object>) extension().get("info"));
		message
			.putAll(Map.of("address", this.account.address(), "chainId", DEVNET, "type", "ed25519", "signature", "x"));
		return message;
	}

	private String header(Map<String, Object> message) {
		SignInPayload payload = this.codec.read(this.codec.write(message), SignInPayload.class);
		message.put("signature", this.account.sign(payload.text()));
		return this.codec.encode(message);
	}

}
