/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;

import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@link ParallelVerificationHttpTests} on WebFlux.
 */
class WebFluxParallelVerificationTests {

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(WebFluxGoods.class, "x402.settlement.verification=parallel");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@Test
	void whenThePaymentIsValidThenItsHandlerRunsMeanwhile() throws IOException {
		WebFluxGoods.Runs runs = shop.bean(WebFluxGoods.Runs.class);
		int before = runs.count.get();
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, SettleBehaviour.SETTLED)
			.atVerify(() -> await().until(() -> runs.count.get() == before + 1));
		WireResponse response = shop.pay("/goods", payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).startsWith("goods-");
		assertThat(script.verifications()).isOne();
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/goods", "/events-fail" })
	void whenThePaymentIsInvalidThenNothingIsSettledOrReleased(String target) throws IOException {
		WebFluxGoods.Runs runs = shop.bean(WebFluxGoods.Runs.class);
		int before = runs.count.get();
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED)
			.invalid()
			.atVerify(() -> await().until(() -> runs.count.get() == before + 1));
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.shows(WebFluxGoods.SECRET) || response.shows("goods-")).isFalse();
		assertThat(script.settlements()).isZero();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
	}

}
