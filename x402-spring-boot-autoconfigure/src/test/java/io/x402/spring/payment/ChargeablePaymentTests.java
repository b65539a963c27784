/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigDecimal;
import java.math.BigInteger;

import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ChargeablePayment}, whose price is 10 000 atomic units of a token with
 * six decimals.
 */
class ChargeablePaymentTests {

	@Test
	void whenHandlerSaysNothingThenThePriceIsCharged() {
		ChargeablePayment payment = payment("upto", null);
		assertThat(payment.metered()).isTrue();
		assertThat(payment.charged()).isEqualTo(10_000);
		assertThat(payment.close()).isEqualTo(10_000);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "0.000001, 1", "0.0000019, 1", "0.00999999, 9999", "0.01, 10000", "1E-2, 10000",
			"0.0000009, 0" })
	void whenTokensAreChargedThenFractionsOfAnAtomicUnitAreLeftOut(BigDecimal tokens, long atomic) {
		ChargeablePayment payment = payment("upto", null);
		payment.charge(tokens);
		assertThat(payment.close()).isEqualTo(atomic);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "0.010001", "-0.000001", "1", "1E+30", "-1E-5", "-1E-9", "1E+1000000000", "1E-1000000000" })
	void whenChargeIsNotWithinThePriceThenIsRefused(BigDecimal tokens) {
		ChargeablePayment payment = payment("upto", null);
		assertThatIllegalArgumentException().isThrownBy(() -> payment.charge(tokens));
		assertThat(payment.charged()).isEqualTo(10_000);
	}

	@Test
	void whenChargedTwiceThenIsRefused() {
		ChargeablePayment payment = payment("upto", null);
		payment.chargeAtomic(BigInteger.TEN);
		assertThatIllegalStateException().isThrownBy(() -> payment.chargeAtomic(BigInteger.TWO));
		assertThat(payment.close()).isEqualTo(10);
	}

	@Test
	void whenSettlementHasBegunThenIsRefused() {
		ChargeablePayment payment = payment("upto", null);
		assertThat(payment.close()).isEqualTo(10_000);
		assertThatIllegalStateException().isThrownBy(() -> payment.chargeAtomic(BigInteger.TEN));
		assertThat(payment.charged()).isEqualTo(10_000);
	}

	@Test
	void whenSchemeIsExactThenNothingButThePriceIsCharged() {
		ChargeablePayment payment = payment("exact", null);
		assertThat(payment.metered()).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> payment.chargeAtomic(BigInteger.TEN));
		payment.charge(new BigDecimal("0.01"));
		assertThat(payment.close()).isEqualTo(10_000);
	}

	@Test
	void whenEarlierRunChargedThenLaterRunChangesNothing() {
		ChargeablePayment payment = payment("upto", new SettlementResponse(true, null, null, Payments.PAYER,
				Payments.TRANSACTION, Payments.NETWORK, "777", null, null));
		payment.chargeAtomic(BigInteger.TEN);
		payment.chargeAtomic(BigInteger.TWO);
		assertThat(payment.charged()).isEqualTo(777);
		assertThatIllegalArgumentException().isThrownBy(() -> payment.chargeAtomic(BigInteger.valueOf(10_001)));
	}

	@Test
	void whenDecimalsAreNotKnownThenAtomicUnitsCanBeCharged() {
		ChargeablePayment payment = new ChargeablePayment(ProtocolVersion.V2, offer("upto"), Payments.PAYER, null,
				null);
		assertThatIllegalStateException().isThrownBy(() -> payment.charge(BigDecimal.ZERO));
		payment.chargeAtomic(BigInteger.ZERO);
		assertThat(payment.close()).isZero();
	}

	private static ChargeablePayment payment(String scheme, SettlementResponse receipt) {
		return new ChargeablePayment(ProtocolVersion.V2, offer(scheme), Payments.PAYER, receipt,
				Networks.load().get(Payments.NETWORK).assetAt(Payments.ASSET));
	}

	private static PaymentRequirements offer(String scheme) {
		return new PaymentRequirements(scheme, Payments.NETWORK, BigInteger.valueOf(10_000), Payments.ASSET,
				Payments.SELLER, 60, Payments.OFFER.extra());
	}

}
