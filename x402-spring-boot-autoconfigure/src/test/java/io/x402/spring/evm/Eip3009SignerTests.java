/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Eip3009Signer}.
 */
class Eip3009SignerTests {

	private static final String KEY = "0x" + "11".repeat(32);

	private static final String ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.BASE })
	void whenSameAuthorizationIsSignedThenSignatureIsThatOfTheOfficialSigner(String id) {
		EvmPayload.Eip3009 payment = new Eip3009Signer(KEY).sign(Vectors.offer(id), Instant.EPOCH,
				Instant.ofEpochSecond(1_900_000_000), HexFormat.of().parseHex("ab".repeat(32)));
		assertThat(payment.signature()).isEqualTo(Vectors.get(id).get("signature").asString());
		assertThat(payment.toMap()).isEqualTo(Vectors.payload(id));
	}

	@Test
	void whenKeyIsGivenThenAddressHasItsChecksum() {
		assertThat(new Eip3009Signer(KEY).address()).isEqualTo(ADDRESS);
		assertThat(new Eip3009Signer("11".repeat(32)).address()).isEqualTo(ADDRESS);
	}

	@Test
	void whenOfferIsSignedThenPaymentIsOfTheOfferAndEndsAfterItsTime() {
		PaymentRequirements offer = Vectors.offer(Vectors.BASE_SEPOLIA);
		EvmPayload.Eip3009 payment = new Eip3009Signer(KEY).sign(offer, NOW);
		assertThat(payment.from()).isEqualTo(ADDRESS);
		assertThat(payment.to()).isEqualTo(offer.payTo());
		assertThat(payment.value()).isEqualTo(offer.amount());
		assertThat(payment.validAfter()).isZero();
		assertThat(payment.validBefore()).isEqualTo(BigInteger.valueOf(NOW.getEpochSecond() + 60));
	}

	@Test
	void whenManyPaymentsAreSignedThenEachHasAWholeNonceOfItsOwnAndPassesTheCheck() {
		PaymentRequirements offer = Vectors.offer(Vectors.BASE_SEPOLIA);
		Eip3009Signer signer = new Eip3009Signer(KEY);
		Eip3009SignatureCheck check = new Eip3009SignatureCheck();
		Set<String> nonces = new HashSet<>();
		for (int i = 0; i < 300; i++) {
			EvmPayload.Eip3009 payment = signer.sign(offer, NOW);
			assertThat(payment.nonce()).matches("0x[0-9a-f]{64}");
			assertThat(payment.signature()).matches("0x[0-9a-f]{128}1[bc]");
			assertThat(check.check(Vectors.request(offer, payment.toMap()))).isNull();
			nonces.add(payment.nonce());
		}
		assertThat(nonces).hasSize(300);
	}

	@Test
	void whenNonceStartsWithZerosThenTheyAreKept() {
		EvmPayload.Eip3009 payment = new Eip3009Signer(KEY).sign(Vectors.offer(Vectors.BASE), Instant.EPOCH, NOW,
				new byte[32]);
		assertThat(payment.nonce()).isEqualTo("0x" + "0".repeat(64));
	}

	@Test
	void whenPrintedThenKeyIsNotShown() {
		assertThat(new Eip3009Signer(KEY)).hasToString("Eip3009Signer[" + ADDRESS + "]");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "0x", "1234", "0x1111", "gg11111111111111111111111111111111111111111111111111111111111111",
					"0000000000000000000000000000000000000000000000000000000000000000",
					"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141" })
	void whenTextIsNoKeyThenIsRefusedWithoutRepeatingIt(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Eip3009Signer(text))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("1111", "0000", "ffff", "gg"));
	}

	@Test
	void whenOfferNamesNoDomainThenIsRefused() {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.ONE, ADDRESS, ADDRESS,
				60, Map.of());
		assertThatIllegalArgumentException().isThrownBy(() -> new Eip3009Signer(KEY).sign(offer, NOW))
			.withMessageContaining("domain");
	}

	@Test
	void whenReceiverIsNoEvmAddressThenIsRefused() {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.ONE, ADDRESS,
				"merchant", 60, Map.of("name", "USDC", "version", "2"));
		assertThatIllegalArgumentException().isThrownBy(() -> new Eip3009Signer(KEY).sign(offer, NOW))
			.withMessageContaining("address to pay to");
	}

}
