/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Asset}.
 */
class AssetTests {

	private static final String ADDRESS = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private final Asset usdc = new Asset("USDC", ADDRESS, 6, "USDC", "2", TransferMethod.EIP3009);

	@ParameterizedTest
	@CsvSource({ "0.05,50000", "0.000001,1", "1,1000000", "1E+3,1000000000", "0.0500000000,50000", "0,0", "0E-20,0" })
	void whenAmountFitsTheDecimalsThenItIsExact(BigDecimal amount, BigInteger atomic) {
		assertThat(this.usdc.toAtomic(amount)).isEqualTo(atomic);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0000001", "0.0000019", "1.2345678" })
	void whenAmountHasMoreDecimalsThanTheTokenThenItIsRefusedAndNotRounded(String amount) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.usdc.toAtomic(new BigDecimal(amount)))
			.withMessage(amount + " has more than the 6 decimals of USDC");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "1E+10000000", "1E-10000000", "1E+72" })
	void whenAmountIsOutOfRangeThenItIsRefused(String amount) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.usdc.toAtomic(new BigDecimal(amount)));
	}

	@Test
	void whenAmountIsTheLargestOf256BitsThenOneMoreIsRefused() {
		Asset whole = new Asset("TKN", ADDRESS, 0, "Token", "1", TransferMethod.EIP3009);
		BigInteger max = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
		assertThat(whole.toAtomic(new BigDecimal(max))).isEqualTo(max);
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> whole.toAtomic(new BigDecimal(max.add(BigInteger.ONE))));
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 31, Integer.MAX_VALUE })
	void whenDecimalsAreOutOfRangeThenThereIsNoAsset(int decimals) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> new Asset("TKN", ADDRESS, decimals, "Token", "1", TransferMethod.EIP3009));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "USD", "usd", "0x036C", "US DC", "USD\u20AE0", "ABCDEFGHIJKLMNOPQRSTU" })
	void whenTickerCouldNotBeWrittenInAPriceThenThereIsNoAsset(String symbol) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> new Asset(symbol, ADDRESS, 6, "Token", "1", TransferMethod.EIP3009));
	}

	@ParameterizedTest
	@CsvSource({ ",2", "USDC,", "' ',2" })
	void whenEip3009TokenHasNoSigningDomainThenThereIsNoAsset(@Nullable String name, @Nullable String version) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> new Asset("USDC", ADDRESS, 6, name, version, TransferMethod.EIP3009))
			.withMessageContaining("EIP-712");
	}

	@Test
	void whenTokenIsOfferedThenExtraHoldsWhatTheBuyerSigns() {
		Asset permit2 = new Asset("MegaUSD", ADDRESS, 18, "MegaUSD", "1", TransferMethod.PERMIT2);
		Asset bare = new Asset("USDC", ADDRESS, 6, null, null, TransferMethod.PERMIT2);
		assertThat(this.usdc.offerExtra()).isEqualTo(Map.of("name", "USDC", "version", "2"));
		assertThat(permit2.offerExtra())
			.isEqualTo(Map.of("name", "MegaUSD", "version", "1", "assetTransferMethod", "permit2"));
		assertThat(bare.offerExtra()).isEqualTo(Map.of("assetTransferMethod", "permit2"));
	}

}
