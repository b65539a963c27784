/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a pass covers.
 */
class NewPassTests {

	private static final String ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	@Test
	void whenAddressesAreSpelledDifferentlyThenTheyAreTheSame() {
		assertThat(paid("eip155:84532").covers(offer("eip155:84532"))).isTrue();
		assertThat(offer("eip155:84532").isPaidLike(new PaymentRequirements("exact", "eip155:84532", BigInteger.TEN,
				ASSET.toLowerCase(Locale.ROOT), PAY_TO.toLowerCase(Locale.ROOT), 60, Map.of())))
			.isTrue();
	}

	@Test
	void whenNetworkTellsLettersApartThenTheyAreNot() {
		String solana = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
		assertThat(paid(solana).covers(offer(solana))).isFalse();
	}

	private static NewPass.Paid paid(String network) {
		return new NewPass.Paid(network, ASSET.toLowerCase(Locale.ROOT), BigInteger.TEN, PAY_TO, null, null);
	}

	private static PaymentRequirements offer(String network) {
		return new PaymentRequirements("exact", network, BigInteger.TEN, ASSET, PAY_TO, 60, Map.of());
	}

}
