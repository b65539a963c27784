/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;

/**
 * Checks that a recipient is an address of its network, because money sent to any other
 * address is lost.
 */
final class RecipientCheck {

	private static final Pattern ZERO = Pattern.compile("0x0{40}");

	private static final Pattern NUMBER = Pattern.compile("[0-9]{30,49}");

	private static final Pattern PRIVATE_KEY = Pattern.compile("(0x)?[0-9a-fA-F]{64}");

	private static final int MAX_SHOWN = 50;

	/**
	 * Accounts that development chains such as Hardhat and Anvil create, in lower case.
	 * Examples use them, and their private keys are published.
	 */
	private static final Set<String> DEVELOPMENT = Set.of("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
			"0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
			"0x90f79bf6eb2c4f870365e785982e1f101e93b906", "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
			"0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc", "0x976ea74026e726554db657fa54763abd0c3a0aa9",
			"0x14dc79964da2c08b23698b3d3cc7ca32193d9955", "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
			"0xa0ee7a142d267c1f36714e4a8f75612f20a79720");

	private final Predicate<String> checksum;

	/**
	 * Create a check.
	 * @param checksum returns whether the checksum of an EVM address is correct
	 */
	RecipientCheck(Predicate<String> checksum) {
		this.checksum = checksum;
	}

	void check(Network network, String payTo) {
		if (payTo.isEmpty()) {
			throw new InvalidPricingException("payTo", payTo, "a paid handler needs a recipient",
					"Set x402.pay-to to your address, or payTo on the handler.");
		}
		String problem = network.isEvm() ? evmProblem(network, payTo) : problem(network, payTo);
		if (!problem.isEmpty()) {
			throw new InvalidPricingException("payTo", shown(payTo), problem,
					"Copy the address from your wallet again, in full.");
		}
		if (!network.testnet() && DEVELOPMENT.contains(payTo.toLowerCase(Locale.ROOT))) {
			throw new InvalidPricingException("payTo", payTo,
					"the private key of this account of development chains is published, so anybody could take real money "
							+ "that it is paid on " + network.name(),
					"Set x402.pay-to to the address of a wallet of your own, or name a test network such as base-sepolia.");
		}
	}

	/**
	 * What is too long for an address may be a private key or the words of a wallet.
	 */
	private static String shown(String payTo) {
		return (payTo.length() > MAX_SHOWN) ? "…" : payTo;
	}

	private String evmProblem(Network network, String payTo) {
		if (NUMBER.matcher(payTo).matches()) {
			return "this is a number, as which YAML reads an address without quotes; write \"0x…\"";
		}
		if (PRIVATE_KEY.matcher(payTo).matches()) {
			return "64 hexadecimal digits are a private key, which must be kept secret; an address has 40";
		}
		if (!network.networkId().isAddress(payTo)) {
			return "this is not an EVM address, 0x and 40 hexadecimal digits";
		}
		if (ZERO.matcher(payTo).matches()) {
			return "money sent to the zero address is lost";
		}
		Asset token = network.testnet() ? null : network.assetAt(payTo);
		if (token != null) {
			return "this is the contract of " + token.symbol() + ", and money sent to it is lost";
		}
		return this.checksum.test(payTo) ? "" : "the checksum in its letter case is wrong, so it has a typing error";
	}

	private static String problem(Network network, String payTo) {
		return network.networkId().isAddress(payTo) ? "" : "this is not a Solana address";
	}

}
