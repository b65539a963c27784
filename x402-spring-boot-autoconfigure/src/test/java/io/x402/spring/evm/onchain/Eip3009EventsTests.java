/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;

import io.x402.spring.protocol.EvmPayload;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events of tokens that do not behave as USDC does prove nothing.
 */
class Eip3009EventsTests {

	private static final String TOKEN = TestChain.USDC;

	private static final String PAYER = "0x1111111111111111111111111111111111111111";

	private static final String SELLER = "0x2222222222222222222222222222222222222222";

	private static final String COLLECTOR = "0x3333333333333333333333333333333333333333";

	private static final String NONCE = "0x" + "ab".repeat(32);

	@Test
	void whenAnAuthorizationIsUsedAndPaysThenItIsSettled() {
		assertThat(read(event(Eip3009Events.USED), transfer(SELLER, 50_000))).isEqualTo(Finding.settled(1));
	}

	@Test
	void whenAnAuthorizationIsUsedForAnotherRecipientThenItIsVoid() {
		assertThat(read(event(Eip3009Events.USED), transfer(COLLECTOR, 50_000))).isEqualTo(Finding.VOID);
	}

	@Test
	void whenATokenKeepsAFeeThenNothingIsProved() {
		assertThat(read(event(Eip3009Events.USED), transfer(COLLECTOR, 1_000), transfer(SELLER, 49_000)))
			.isEqualTo(Finding.UNCLEAR);
	}

	@Test
	void whenAnAuthorizationIsUsedTwiceThenNothingIsProved() {
		assertThat(read(event(Eip3009Events.USED), transfer(SELLER, 50_000), event(Eip3009Events.USED),
				transfer(SELLER, 50_000)))
			.isEqualTo(Finding.UNCLEAR);
	}

	@Test
	void whenAnAuthorizationIsUsedAndCanceledThenNothingIsProved() {
		assertThat(read(event(Eip3009Events.USED), transfer(SELLER, 50_000), event(Eip3009Events.CANCELED)))
			.isEqualTo(Finding.UNCLEAR);
	}

	@Test
	void whenAnAuthorizationIsCanceledThenItIsVoid() {
		assertThat(read(event(Eip3009Events.CANCELED))).isEqualTo(Finding.VOID);
	}

	private static Finding read(EventLog... logs) {
		EvmPayload.Eip3009 payment = new EvmPayload.Eip3009("0x" + "11".repeat(65), PAYER, SELLER,
				BigInteger.valueOf(50_000), BigInteger.ZERO, BigInteger.valueOf(2_000_000_000), NONCE);
		return new Eip3009Events(TOKEN, payment, SELLER, BigInteger.valueOf(50_000), List.of(logs)).read();
	}

	private static EventLog event(String topic) {
		return new EventLog(TOKEN, List.of(topic, Hex.topic(PAYER), NONCE), "0x", "0x" + "0".repeat(64));
	}

	private static EventLog transfer(String recipient, long amount) {
		return new EventLog(TOKEN, List.of(Token.TRANSFER, Hex.topic(PAYER), Hex.topic(recipient)),
				"0x%064x".formatted(amount), "0x" + "0".repeat(64));
	}

}
