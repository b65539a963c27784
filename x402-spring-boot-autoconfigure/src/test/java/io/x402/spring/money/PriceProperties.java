/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Properties of {@link Price} and of the conversion in {@link Asset}.
 */
class PriceProperties {

	@Property(tries = 10_000, seed = "1")
	void whenAtomicAmountIsFormattedThenParsingGivesItBack(@ForAll @IntRange(max = 18) int decimals,
			@ForAll @BigRange(min = "0", max = "1000000000000000000000000000000") BigInteger atomic) {
		Asset asset = asset(decimals);
		String text = asset.toTokens(atomic).toPlainString();
		assertThat(asset.toAtomic(Price.parse("$" + text).amount())).isEqualTo(atomic);
		assertThat(asset.toAtomic(Price.parse(text + " TKN").amount())).isEqualTo(atomic);
	}

	@Property(tries = 10_000, seed = "1")
	void whenPriceIsParsedThenItsTextIsKept(@ForAll("decimalTexts") String text) {
		assertThat(Price.parse(text).amount().toPlainString()).isEqualTo(text);
	}

	@Property(tries = 10_000, seed = "1")
	void whenAssetHasFewerDecimalsThenNothingIsRounded(@ForAll("decimalTexts") String text,
			@ForAll @IntRange(max = 18) int decimals) {
		Asset asset = asset(decimals);
		BigDecimal amount = Price.parse(text).amount();
		boolean exact = amount.signum() == 0 || amount.stripTrailingZeros().scale() <= decimals;
		if (exact) {
			assertThat(asset.toTokens(asset.toAtomic(amount))).isEqualByComparingTo(amount);
		}
		else {
			assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> asset.toAtomic(amount));
		}
	}

	@Property(tries = 10_000, seed = "1")
	void whenACharacterOutsideTheGrammarIsInsertedThenThePriceIsRefused(@ForAll("decimalTexts") String text,
			@ForAll char other, @ForAll @IntRange(max = 80) int position) {
		Assume.that(" $.0123456789".indexOf(other) < 0);
		int at = position % (text.length() + 1);
		String broken = text.substring(0, at) + other + text.substring(at);
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> Price.parse(broken));
	}

	@Property(tries = 10_000, seed = "1")
	void whenADigitIsReplacedByItsUnicodeTwinThenThePriceIsRefused(@ForAll("unicodeDigits") int digit,
			@ForAll("decimalTexts") String text) {
		String broken = text + Character.toString(digit);
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> Price.parse(broken));
	}

	@Property(tries = 2_000, seed = "1")
	void whenTextIsArbitraryThenItIsAPriceOrTheTypedRefusal(@ForAll String text) {
		try {
			assertThat(Price.parse(text).amount()).isNotNegative();
		}
		catch (InvalidPriceException ex) {
			assertThat(ex.getMessage()).hasSizeLessThan(256).matches("[ -~]+");
		}
	}

	@Property(tries = 2_000, seed = "1")
	void whenScaleIsAnythingThenConversionIsExactOrRefused(
			@ForAll @BigRange(max = "1000000") @Scale(6) BigDecimal amount, @ForAll int scale) {
		BigDecimal moved = new BigDecimal(amount.unscaledValue(), scale);
		try {
			assertThat(asset(6).toTokens(asset(6).toAtomic(moved))).isEqualByComparingTo(moved);
		}
		catch (InvalidPriceException ex) {
			assertThat(ex.getMessage()).hasSizeLessThan(256);
		}
	}

	@Provide
	Arbitrary<String> decimalTexts() {
		Arbitrary<BigInteger> whole = Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TEN.pow(30));
		Arbitrary<String> fraction = Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(20);
		return Combinators.combine(whole, fraction.injectNull(0.2))
			.as((digits, decimals) -> (decimals != null) ? digits + "." + decimals : digits.toString());
	}

	@Provide
	Arbitrary<Integer> unicodeDigits() {
		return Arbitraries.of(IntStream.rangeClosed(128, Character.MAX_CODE_POINT)
			.filter((c) -> Character.isDigit(c) || Character.getNumericValue(c) >= 0)
			.boxed()
			.toList());
	}

	private static Asset asset(int decimals) {
		return new Asset("TKN", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", decimals, "Token", "1",
				TransferMethod.EIP3009);
	}

}
