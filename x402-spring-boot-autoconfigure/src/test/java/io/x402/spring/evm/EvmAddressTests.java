/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EvmAddress}.
 */
class EvmAddressTests {

	@ParameterizedTest
	@ValueSource(strings = { "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
			"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
			"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x1111111111111111111111111111111111111111" })
	void whenChecksumIsRightThenIsValidAndStaysAsItIs(String address) {
		assertThat(EvmAddress.isValid(address)).isTrue();
		assertThat(EvmAddress.hasValidChecksum(address)).isTrue();
		assertThat(EvmAddress.toChecksum(address.toLowerCase(Locale.ROOT))).isEqualTo(address);
	}

	@Test
	void whenOneLetterHasTheWrongCaseThenChecksumIsNotValid() {
		String address = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
		assertThat(EvmAddress.isValid(address)).isTrue();
		assertThat(EvmAddress.hasValidChecksum(address)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED" })
	void whenAllLettersHaveOneCaseThenThereIsNoChecksumToBreak(String address) {
		assertThat(EvmAddress.hasValidChecksum(address)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
			"0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
			"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg",
			"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n", "vitalik.eth" })
	void whenTextIsNoAddressThenIsNotValid(String text) {
		assertThat(EvmAddress.isValid(text)).isFalse();
		assertThat(EvmAddress.hasValidChecksum(text)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> EvmAddress.toChecksum(text));
	}

}
