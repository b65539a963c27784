/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PersonalMessage}. The signature is that of the official package.
 */
class PersonalMessageTests {

	private static final String ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	private static final String TEXT = """
			shop.example wants you to sign in with your Ethereum account:
			0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A

			Sign in

			URI: https://shop.example/v1/siwx
			Version: 1
			Chain ID: 84532
			Nonce: 00112233445566778899aabbccddeeff
			Issued At: 2026-11-28T01:00:00.000Z
			Resources:
			- https://shop.example/v1/siwx""";

	private static final String SIGNATURE = "0xad2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde79"
			+ "0975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d91b";

	@Test
	void whenAccountSignsTextThenSignatureIsThatOfTheOfficialPackage() {
		byte[] signature = new PrivateKeySigner("11".repeat(32)).sign(PersonalMessage.digest(TEXT));
		assertThat("0x" + HexFormat.of().formatHex(signature)).isEqualTo(SIGNATURE);
		assertThat(PersonalMessage.isSignedBy(ADDRESS, TEXT, SIGNATURE)).isTrue();
		assertThat(PersonalMessage.isSignedBy(ADDRESS.toLowerCase(Locale.ROOT), TEXT, SIGNATURE)).isTrue();
	}

	@Test
	void whenTextHasCharactersOfSeveralBytesThenBytesAreCounted() {
		byte[] signature = new PrivateKeySigner("11".repeat(32)).sign(PersonalMessage.digest("Grüße €"));
		assertThat(PersonalMessage.isSignedBy(ADDRESS, "Grüße €", "0x" + HexFormat.of().formatHex(signature))).isTrue();
	}

	@Test
	void whenTextIsAnotherThenItIsNotSigned() {
		assertThat(PersonalMessage.isSignedBy(ADDRESS, TEXT + "\n", SIGNATURE)).isFalse();
		assertThat(PersonalMessage.isSignedBy("0x70997970C51812dc3A010C7d01b50e0d17dc79C8", TEXT, SIGNATURE)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0x", "0x00", "signature",
			"ad2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde790975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d91b",
			"0xad2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde790975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d91c",
			"0xad2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde790975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d900",
			"0xad2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde790975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d91b1b",
			"0xzd2bc21c726f57dc100f26da5bdfed2ac16a4cb58f94f936bd04819339adde790975582786e9f021753a070d1780742f92a91ee7f5cd1f84e9db1384ea6069d91b" })
	void whenSignatureIsNoneThenTextIsNotSigned(String signature) {
		assertThat(PersonalMessage.isSignedBy(ADDRESS, TEXT, signature)).isFalse();
	}

	@Test
	void whenSignatureIsItsHighTwinThenTextIsNotSigned() {
		String s = SIGNATURE.substring(66, 130);
		String twin = AccountSignature.ORDER.subtract(new BigInteger(s, 16)).toString(16);
		assertThat(PersonalMessage.isSignedBy(ADDRESS, TEXT,
				SIGNATURE.substring(0, 66) + "0".repeat(64 - twin.length()) + twin + "1c"))
			.isFalse();
	}

}
