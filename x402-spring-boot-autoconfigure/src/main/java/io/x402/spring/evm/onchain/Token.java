/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * An ERC-20 token.
 *
 * @param state the state of its network
 * @param address its contract
 */
record Token(ChainState state, String address) {

	static final String TRANSFER = Abi.topic("Transfer(address,address,uint256)");

	private static final String BALANCE = Abi.selector("balanceOf(address)");

	private static final String ALLOWANCE = Abi.selector("allowance(address,address)");

	private static final String NAME = Abi.selector("name()");

	private static final String VERSION = Abi.selector("version()");

	boolean exists() {
		return this.state.code(this.address).length() > 2;
	}

	boolean has(String owner, BigInteger amount) {
		BigInteger balance = number(Abi.encode(BALANCE, Abi.address(owner)));
		return balance == null || balance.compareTo(amount) >= 0;
	}

	boolean allows(String owner, String spender, BigInteger amount) {
		BigInteger allowance = number(Abi.encode(ALLOWANCE, Abi.address(owner), Abi.address(spender)));
		return allowance == null || allowance.compareTo(amount) >= 0;
	}

	boolean isNamed(@Nullable String name) {
		return isText(NAME, name);
	}

	boolean isOfVersion(@Nullable String version) {
		return isText(VERSION, version);
	}

	private boolean isText(String selector, @Nullable String expected) {
		String result = result(selector);
		byte[] text = (result != null) ? Abi.dynamic(result) : null;
		return text == null || new String(text, StandardCharsets.UTF_8).equals(expected);
	}

	private @Nullable BigInteger number(String data) {
		String result = result(data);
		return (result != null) ? Abi.number(result) : null;
	}

	private @Nullable String result(String data) {
		try {
			return this.state.call(new ContractCall(this.address, data));
		}
		catch (NodeErrorException ex) {
			return null;
		}
	}

	/**
	 * Return whether an event is a certain transfer of a token.
	 */
	static boolean isTransfer(EventLog log, String token, String from, String to, BigInteger amount) {
		return log.is(token, TRANSFER, Hex.topic(from), Hex.topic(to)) && log.data().length() == 66
				&& amount.equals(Abi.number(log.data()));
	}

}
