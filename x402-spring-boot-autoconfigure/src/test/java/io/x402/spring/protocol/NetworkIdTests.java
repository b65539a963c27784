/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules of networks.
 */
class NetworkIdTests {

	private static final NetworkId BASE = new NetworkId("eip155:8453");

	private static final NetworkId SOLANA = new NetworkId("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1");

	private static final NetworkId STELLAR = new NetworkId("stellar:testnet");

	@Test
	void whenOnAnEvmNetworkThenTheLetterCaseOfAddressesAndTransactionsDoesNotCount() {
		assertThat(BASE.isSameAddress("0xAb", "0xaB")).isTrue();
		assertThat(BASE.isSameAddress("0xAb", "0xAc")).isFalse();
		assertThat(BASE.canonicalAddress("0xAB")).isEqualTo("0xab");
		assertThat(BASE.canonicalTransaction("0xAB")).isEqualTo("0xab");
	}

	@Test
	void whenOnAnotherNetworkThenEveryLetterCounts() {
		for (NetworkId network : new NetworkId[] { SOLANA, STELLAR }) {
			assertThat(network.isEvm()).isFalse();
			assertThat(network.chainId()).isNull();
			assertThat(network.isSameAddress("Ab", "Ab")).isTrue();
			assertThat(network.isSameAddress("Ab", "aB")).isFalse();
			assertThat(network.canonicalAddress("Ab")).isEqualTo("Ab");
			assertThat(network.canonicalTransaction("Ab")).isEqualTo("Ab");
		}
	}

	@Test
	void whenComparedWithNoTextThenItIsNoAddress() {
		assertThat(BASE.isSameAddress("1", 1)).isFalse();
		assertThat(BASE.isSameAddress("1", null)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "eip155:1, 1", "eip155:84532, 84532", "eip155:01, 1" })
	void whenTheReferenceIsANumberThenItIsTheChainId(String network, BigInteger chainId) {
		assertThat(new NetworkId(network).chainId()).isEqualTo(chainId);
	}

	@ParameterizedTest
	@ValueSource(strings = { "eip155:", "eip155:x", "eip155:-1", "eip155:*", "eip155:123456789012345678901234567890123",
			"EIP155:1", "eip155", "1", "" })
	void whenThereIsNoNumberThenThereIsNoChainId(String network) {
		assertThat(new NetworkId(network).chainId()).isNull();
	}

	@Test
	void whenMadeOfAChainIdThenItIsCaip2() {
		assertThat(NetworkId.ofChain(BigInteger.TEN)).isEqualTo(new NetworkId("eip155:10"));
		assertThat(NetworkId.ofChain(BigInteger.TEN)).hasToString("eip155:10");
	}

	@ParameterizedTest
	@CsvSource({ "eip155:8453, true", "eip155:08453, false", "eip155:0, false", "eip155:1234567890123456789, false",
			"solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1, true", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa0, false",
			"solana:devnet, false", "stellar:testnet, false", "base, false" })
	void whenKnownFamilyAndCanonicalSpellingThenItIsWellFormed(String network, boolean wellFormed) {
		assertThat(new NetworkId(network).isWellFormed()).isEqualTo(wellFormed);
	}

	@Test
	void whenTheFamilyIsKnownThenAddressesHaveItsForm() {
		String evm = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
		String solana = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU";
		assertThat(BASE.isAddress(evm)).isTrue();
		assertThat(BASE.isAddress(solana)).isFalse();
		assertThat(BASE.isAddress(evm.substring(1))).isFalse();
		assertThat(SOLANA.isAddress(solana)).isTrue();
		assertThat(SOLANA.isAddress(evm)).isFalse();
		assertThat(STELLAR.isAddress("anything")).isTrue();
	}

}
