/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.BoundNonce;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Challenges beside those that {@code mppx} 0.11 has made.
 */
class ChallengeTests {

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(50000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300, Map.of("name", "USDC", "version", "2"));

	private static final String REQUEST = "{\"amount\":\"50000\",\"currency\":\"0x036CbD53842c5426634e7929541eC2318f3dCF7e\","
			+ "\"methodDetails\":{\"chainId\":84532,\"credentialTypes\":[\"authorization\"],\"decimals\":6},"
			+ "\"recipient\":\"0x209693Bc6afc0C5328bA36FaF03C514EF312287C\"}";

	private final ChargeRequests requests = new ChargeRequests(new PaymentCodec(), Networks.load());

	private final ChallengeSeal seal = new ChallengeSeal("0123456789abcdef0123456789abcdef");

	@Test
	void whenOfferIsChargedThenRequestIsCanonical() {
		assertThat(this.requests.of(OFFER)).startsWith("eyJhbW91bnQiOiI1MDAwMCIs")
			.isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(REQUEST.getBytes()));
	}

	@ParameterizedTest
	@CsvSource({ "2026-11-28T01:09:31.923Z, 6XPC_q7LHdOM9Uj3hpsKbv4USpj2WTvFaWn3g3sMp8M",
			"2026-11-28T01:10:10.318Z, i1z5Yl_2nF1LCgbp-c1IAoi1I2gZKGkIBPoRJcrSRKo" })
	void whenChallengeIsSealedThenIdIsThatOfMppx(String expires, String id) {
		Challenge challenge = challenge(expires, null, null);
		assertThat(this.seal.id(challenge)).isEqualTo(id);
		assertThat(this.seal.isIntact(challenge.withId(id))).isTrue();
		assertThat(new ChallengeSeal("another secret of enough characters").isIntact(challenge.withId(id))).isFalse();
	}

	@Test
	void whenMembersAreAbsentThenTheirPlacesAreEmpty() {
		String request = this.requests.of(OFFER);
		assertThat(challenge("now", null, null).sealed()).isEqualTo("127.0.0.1:4942|evm|charge|" + request + "|now||");
		assertThat(challenge("now", "Payment-Authorization", "b3A").sealed())
			.isEqualTo("127.0.0.1:4942|evm|charge|" + request + "|now||Payment-Authorization|b3A");
	}

	@Test
	void whenAnyMemberDiffersThenIdDiffers() {
		Challenge challenge = challenge("now", "Payment-Authorization", "b3A");
		String id = this.seal.id(challenge);
		List<Challenge> others = List.of(new Challenge("", "r", "evm", "charge", "q", "now", null, null, "b3A"),
				new Challenge("", "127.0.0.1:4942", "evm", "charge", challenge.request(), "later", null,
						"Payment-Authorization", "b3A"),
				new Challenge("", "127.0.0.1:4942", "evm", "charge", challenge.request(), "now", "sha-256=x",
						"Payment-Authorization", "b3A"),
				challenge("now", null, "b3A"), challenge("now", "Payment-Authorization", null));
		assertThat(others).allSatisfy((other) -> assertThat(this.seal.isIntact(other.withId(id))).isFalse());
	}

	@Test
	void whenNonceIsBoundThenIsHashOfIdAndRealm() {
		assertThat(BoundNonce.of("i1z5Yl_2nF1LCgbp-c1IAoi1I2gZKGkIBPoRJcrSRKo127.0.0.1:4942")).startsWith("0x4c3080255")
			.hasSize(66);
	}

	@Test
	void whenTextIsQuotedThenCharactersAreEscaped() {
		Challenge challenge = new Challenge("i", "r", "evm", "charge", "q", "now", null, null, null);
		assertThat(challenge.toHeader("a \"b\" \\c")).isEqualTo("Payment id=\"i\", realm=\"r\", method=\"evm\", "
				+ "intent=\"charge\", request=\"q\", description=\"a \\\"b\\\" \\\\c\", expires=\"now\"");
	}

	@Test
	void whenOfferCannotBePaidByAnAuthorizationThenIsNotChargeable() {
		assertThat(ChargeRequests.isChargeable(OFFER)).isTrue();
		assertThat(List.of(OFFER.asTopUp(), with("upto", "eip155:84532", Map.of()),
				with("exact", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", Map.of()),
				with("exact", "eip155:84532", Map.of("assetTransferMethod", "permit2")),
				with("exact", "eip155:84532", Map.of("name", "GatewayWalletBatched"))))
			.noneMatch(ChargeRequests::isChargeable);
	}

	private static PaymentRequirements with(String scheme, String network, Map<String, Object> extra) {
		return new PaymentRequirements(scheme, network, OFFER.amount(), OFFER.asset(), OFFER.payTo(), 300, extra);
	}

	private Challenge challenge(String expires, String header, String opaque) {
		return new Challenge("", "127.0.0.1:4942", "evm", "charge", this.requests.of(OFFER), expires, null, header,
				opaque);
	}

}
