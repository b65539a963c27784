/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Locale;
import java.util.stream.Stream;

import io.x402.spring.protocol.EvmPayload;
import org.jspecify.annotations.Nullable;

/**
 * A call of a token that uses one EIP-3009 authorization.
 *
 * @param from who pays
 * @param to who is paid
 * @param value how much
 * @param nonce the nonce, 32 bytes in lower case
 */
record Eip3009Call(String from, String to, BigInteger value, String nonce) {

	private static final String PARAMETERS = "WithAuthorization(address,address,uint256,uint256,uint256,bytes32,";

	static final String TRANSFER_VRS = Abi.selector("transfer" + PARAMETERS + "uint8,bytes32,bytes32)");

	static final String TRANSFER_BYTES = Abi.selector("transfer" + PARAMETERS + "bytes)");

	private static final String RECEIVE_VRS = Abi.selector("receive" + PARAMETERS + "uint8,bytes32,bytes32)");

	private static final String RECEIVE_BYTES = Abi.selector("receive" + PARAMETERS + "bytes)");

	private static final int WORDS = 6;

	/**
	 * Read a call.
	 * @param call the call
	 * @param token the token
	 * @return what it uses, or {@code null} if it is another call
	 */
	static @Nullable Eip3009Call of(ContractCall call, String token) {
		return Stream.of(TRANSFER_VRS, TRANSFER_BYTES, RECEIVE_VRS, RECEIVE_BYTES)
			.map((selector) -> AbiWords.of(call, token, selector, WORDS))
			.filter((words) -> words != null)
			.findFirst()
			.map((words) -> new Eip3009Call(words.address(0), words.address(1), words.number(2), words.bytes32(5)))
			.orElse(null);
	}

	boolean usesNonceOf(EvmPayload.Eip3009 payment) {
		return this.from.equalsIgnoreCase(payment.from())
				&& this.nonce.equals(payment.nonce().toLowerCase(Locale.ROOT));
	}

	boolean pays(String recipient, BigInteger amount) {
		return this.to.equalsIgnoreCase(recipient) && this.value.equals(amount);
	}

	@Override
	public String toString() {
		return "Eip3009Call[redacted]";
	}

}
