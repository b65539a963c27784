/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SecretWordsTests {

	private static final String NONCE = "0x" + "5c".repeat(32);

	@Test
	void whenTextHoldsSignatureOrNonceThenItIsFound() {
		assertThat(SecretWords.find("signed 0x" + "1b".repeat(65))).isNotNull();
		assertThat(SecretWords.find("nonce=" + NONCE + ";")).isNotNull();
		assertThat(SecretWords.find("nonce" + NONCE.substring(2))).isNotNull();
		assertThat(SecretWords.find("{\"nonce\":\"" + NONCE.toUpperCase() + "\"}")).isNotNull();
		assertThat(SecretWords.find("permit2 1" + "0123456789".repeat(7))).isNotNull();
	}

	@Test
	void whenTextHoldsPaymentHeaderThenItIsFound() {
		String header = new PaymentCodec().encode(ObservedPayments.request().payload());
		assertThat(SecretWords.find("PAYMENT-SIGNATURE:" + header)).isNotNull();
		assertThat(SecretWords.find("x" + header.replaceAll("=", ""))).isNotNull();
		assertThat(SecretWords.find(base64("{ \"payload\" : {\"transaction\":\"" + "AQ".repeat(50) + "\"}}")))
			.isNotNull();
	}

	@Test
	void whenTextHoldsNeitherThenNothingIsFound() {
		assertThat(SecretWords.find("payer 0x" + "1b".repeat(20))).isNull();
		assertThat(SecretWords.find("settled by transaction " + NONCE)).isNull();
		assertThat(SecretWords.find(new PaymentCodec().encode(ObservedPayments.offer()))).isNull();
		assertThat(SecretWords.find(base64("{\"success\":true,\"transaction\":\"" + NONCE + "\"}"))).isNull();
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

}
