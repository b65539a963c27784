/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Objects;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Eip712}, {@link Eip3009Digest} and {@link Permit2Digest}.
 */
class Eip712Tests {

	@Test
	void whenNumberHasAllBitsThenWordHasNoSignByte() {
		BigInteger max = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
		assertThat(hex(Eip712.uint256(max))).isEqualTo("0x" + "ff".repeat(32));
	}

	@Test
	void whenNumberIsSmallThenWordIsPaddedOnTheLeft() {
		assertThat(hex(Eip712.uint256(BigInteger.valueOf(255)))).isEqualTo("0x" + "00".repeat(31) + "ff");
		assertThat(hex(Eip712.uint256(BigInteger.ZERO))).isEqualTo("0x" + "00".repeat(32));
	}

	@Test
	void whenTypeIsHashedThenHashIsTheOneInTheTokenContract() {
		assertThat(hex(Eip712.typeHash("TransferWithAuthorization(address from,address to,uint256 value,"
				+ "uint256 validAfter,uint256 validBefore,bytes32 nonce)")))
			.isEqualTo("0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267");
	}

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.BASE })
	void whenAuthorizationIsHashedThenDigestIsThatOfTheOfficialSigner(String id) {
		EvmPayload.Eip3009 payment = (EvmPayload.Eip3009) Objects.requireNonNull(EvmPayload.from(Vectors.payload(id)));
		Eip3009Digest digest = new Eip3009Digest();
		assertThat(hex(digest.of(Vectors.offer(id), payment))).isEqualTo(expectedDigest(id));
		assertThat(hex(digest.of(Vectors.offer(id), payment))).as("cached domain").isEqualTo(expectedDigest(id));
	}

	@Test
	void whenOneInstanceHashesForTwoChainsThenDomainsAreNotMixed() {
		Eip3009Digest digest = new Eip3009Digest();
		for (String id : new String[] { Vectors.BASE_SEPOLIA, Vectors.BASE, Vectors.BASE_SEPOLIA }) {
			EvmPayload.Eip3009 payment = (EvmPayload.Eip3009) Objects
				.requireNonNull(EvmPayload.from(Vectors.payload(id)));
			assertThat(hex(digest.of(Vectors.offer(id), payment))).isEqualTo(expectedDigest(id));
		}
	}

	@Test
	void whenMoreDomainsAreUsedThanRememberedThenDigestsStayRight() {
		Eip3009Digest digest = new Eip3009Digest();
		PaymentRequirements offer = Vectors.offer(Vectors.BASE);
		EvmPayload.Eip3009 payment = (EvmPayload.Eip3009) Objects
			.requireNonNull(EvmPayload.from(Vectors.payload(Vectors.BASE)));
		for (int chain = 1; chain <= 300; chain++) {
			digest.of(new PaymentRequirements("exact", "eip155:" + chain, offer.amount(), offer.asset(), offer.payTo(),
					60, offer.extra()), payment);
		}
		assertThat(hex(digest.of(offer, payment))).isEqualTo(expectedDigest(Vectors.BASE));
	}

	@Test
	void whenPermitIsHashedThenDigestIsThatOfTheOfficialSigner() {
		EvmPayload.Permit2 permit = (EvmPayload.Permit2) Objects
			.requireNonNull(EvmPayload.from(Vectors.payload(Vectors.PERMIT2)));
		assertThat(hex(Permit2Digest.of(Vectors.offer(Vectors.PERMIT2), permit)))
			.isEqualTo(expectedDigest(Vectors.PERMIT2));
	}

	private static String expectedDigest(String id) {
		return Vectors.get(id).get("digest").asString();
	}

	private static String hex(byte[] bytes) {
		return "0x" + HexFormat.of().formatHex(bytes);
	}

}
