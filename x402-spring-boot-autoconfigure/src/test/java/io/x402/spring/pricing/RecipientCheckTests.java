/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class RecipientCheckTests {

	private final RecipientCheck check = new RecipientCheck((address) -> !address.contains("Bad"));

	@ParameterizedTest
	@CsvSource({ "base, 0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
			"base-sepolia, 0x209693bc6afc0c5328ba36faf03c514ef312287c",
			"solana, EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
			"solana-devnet, 4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU" })
	void whenAddressIsOneOfTheNetworkThenIsTaken(String network, String address) {
		assertThatNoException().isThrownBy(() -> this.check.check(Offers.NETWORKS.get(network), address));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4w0", "",
			"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1vEPjFWdd5AufqSSqeM2qN1" })
	void whenAddressIsNoneOfSolanaThenIsRefusedThere(String address) {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> this.check.check(Offers.NETWORKS.get("solana"), address));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "0X209693Bc6afc0C5328bA36FaF03C514EF312287C",
					" 0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C\n",
					"0x0000000000000000000000000000000000000000", "0x209693Bc6afc0C5328bA36FaF03C514EF312287G" })
	void whenAddressIsNoneOfEvmThenIsRefusedThere(String address) {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> this.check.check(Offers.NETWORKS.get("base"), address));
	}

	@Test
	void whenAddressIsThatOfATokenThenIsRefused() {
		String usdc = Offers.NETWORKS.get("base").asset("USDC").address();
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> this.check.check(Offers.NETWORKS.get("base"), usdc.toLowerCase(Locale.ROOT)))
			.withMessageContaining("the contract of USDC");
	}

	@Test
	void whenChecksumIsWrongThenIsRefused() {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(
					() -> this.check.check(Offers.NETWORKS.get("base"), "0xBad693Bc6afc0C5328bA36FaF03C514EF312287C"))
			.withMessageContaining("checksum");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
			"0xa0ee7a142d267c1f36714e4a8f75612f20a79720" })
	void whenKeyOfAccountIsPublishedThenIsTakenOnTestNetworksOnly(String address) {
		assertThatNoException().isThrownBy(() -> this.check.check(Offers.NETWORKS.get("base-sepolia"), address));
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> this.check.check(Offers.NETWORKS.get("base"), address))
			.withMessageContaining("private key");
	}

}
