/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With {@code x402.settlement.verification=local} the response is on the wire if and only
 * if the payment was settled, as ever, with one call instead of two.
 */
class LocalVerificationHttpTests {

	private static Shop shop;

	@BeforeAll
	static void open() {
		shop = Shop.open(Container.TOMCAT, GoodsConfiguration.class, "x402.settlement.verification=local");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "SETTLED", "DECLINED", "GARBAGE", "RESET", "WRONG_AMOUNT", "WITHOUT_TRANSACTION" })
	void whenThePayerIsReliableThenSettlementAloneDecides(SettleBehaviour behaviour) throws IOException {
		shop.buy("/goods", SettleBehaviour.SETTLED);
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, behaviour);
		WireResponse response = shop.pay("/goods", payment);
		assertThat(script.verifications()).isZero();
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
		boolean settled = behaviour == SettleBehaviour.SETTLED;
		assertThat(response.bodyText().contains("the goods")).isEqualTo(settled);
		assertThat(response.status() == 200).isEqualTo(settled);
	}

	@Test
	void whenAnotherKeySignedInTheNameOfAReliablePayerThenTheFacilitatorVerifies() throws IOException {
		shop.buy("/goods", SettleBehaviour.SETTLED);
		Payment genuine = shop.payment("/goods");
		EvmPayload.Eip3009 signed = genuine.authorization();
		EvmPayload.Eip3009 forged = new EvmPayload.Eip3009("0x" + "11".repeat(64) + "1b", signed.from(), signed.to(),
				signed.value(), signed.validAfter(), signed.validBefore(), signed.nonce());
		Payment payment = new Payment(genuine.version(), shop.buyer().payment(genuine.offer(), forged), forged,
				genuine.offer());
		Script script = shop.script(payment, SettleBehaviour.DECLINED);
		shop.pay("/goods", payment);
		assertThat(script.verifications()).isOne();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(GoodsController.class)
	static class GoodsConfiguration {

	}

	@RestController
	static class GoodsController {

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.01")
		String goods() {
			return "the goods";
		}

	}

}
