/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Ed25519Signature}.
 */
class Ed25519SignatureTests {

	private static final BigInteger P = Ed25519Signature.FIELD;

	@Test
	void whenAccountSignsThenNothingElseIsSigned() {
		SolanaAccount account = new SolanaAccount();
		String signature = account.sign("good day");
		assertThat(Ed25519Signature.isBy(account.address(), "good day", signature)).isTrue();
		assertThat(Ed25519Signature.isBy(account.address(), "good day!", signature)).isFalse();
		assertThat(Ed25519Signature.isBy(new SolanaAccount().address(), "good day", signature)).isFalse();
		assertThat(Ed25519Signature.isBy(account.address(), "good day", new SolanaAccount().sign("good day")))
			.isFalse();
	}

	/**
	 * The first example of RFC 8032, of an empty message.
	 */
	@Test
	void whenMessageIsThatOfTheStandardThenItsSignatureIsRight() {
		String key = base58("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
		String signature = base58("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
				+ "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
		assertThat(Ed25519Signature.isBy(key, "", signature)).isTrue();
		assertThat(Ed25519Signature.isBy(key, " ", signature)).isFalse();
	}

	/**
	 * Doubled, a point of order 8 has order 4, and such a point has the coordinate 0.
	 */
	@Test
	void whenCoordinateIsOfOrderEightThenItsDoubleIsOfOrderFour() {
		BigInteger y2 = Ed25519Signature.OF_ORDER_EIGHT.pow(2).mod(P);
		BigInteger d = BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
		BigInteger x2 = y2.subtract(BigInteger.ONE).multiply(d.multiply(y2).add(BigInteger.ONE).modInverse(P)).mod(P);
		assertThat(x2.add(y2).mod(P)).isZero();
	}

	static Stream<String> keysOfSmallOrder() {
		return Ed25519Signature.OF_SMALL_ORDER.stream()
			.flatMap((y) -> Stream.of(y, y.add(P)))
			.filter((y) -> y.bitLength() <= 255)
			.flatMap((y) -> Stream.of(key(y, false), key(y, true)));
	}

	/**
	 * The JDK takes this signature, of the neutral element and 0, under some of them.
	 */
	@ParameterizedTest
	@MethodSource("keysOfSmallOrder")
	void whenKeyIsOfSmallOrderThenNothingIsSigned(String key) {
		byte[] neutral = new byte[64];
		neutral[0] = 1;
		assertThat(Ed25519Signature.isBy(key, "anything", SolanaAccount.base58(neutral))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "OIl", "1", "11111111111111111111111111111111111111111111111111111111111111111",
			"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" })
	void whenTextIsNoSignatureOrNoAddressThenNothingIsSigned(String text) {
		SolanaAccount account = new SolanaAccount();
		assertThat(Ed25519Signature.isBy(account.address(), "good day", text)).isFalse();
		assertThat(Ed25519Signature.isBy(text, "good day", account.sign("good day"))).isFalse();
	}

	private static String base58(String digits) {
		return SolanaAccount.base58(HexFormat.of().parseHex(digits));
	}

	private static String key(BigInteger y, boolean odd) {
		byte[] bytes = new byte[32];
		IntStream.range(0, 32).forEach((i) -> bytes[i] = y.shiftRight(8 * i).byteValue());
		bytes[31] |= (byte) (odd ? 0x80 : 0);
		return SolanaAccount.base58(bytes);
	}

}
