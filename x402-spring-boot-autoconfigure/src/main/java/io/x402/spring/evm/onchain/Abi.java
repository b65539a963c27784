/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.crypto.Hash;

/**
 * Calls of contracts in the encoding of the Solidity ABI. Structs whose members are all
 * of static type are given as their members, which is how they are encoded.
 */
final class Abi {

	private static final int WORD = 64;

	private Abi() {
	}

	/**
	 * Return the selector of a function or of a custom error.
	 * @param signature name and types, for example {@code name()}
	 */
	static String selector(String signature) {
		return topic(signature).substring(0, 10);
	}

	/**
	 * Return the first topic of an event.
	 */
	static String topic(String signature) {
		return Hex.of(Hash.sha3(signature.getBytes(StandardCharsets.UTF_8)));
	}

	@SuppressWarnings("rawtypes")
	static String encode(String selector, Type<?>... parameters) {
		return selector + FunctionEncoder.encodeConstructor(Arrays.<Type>asList(parameters));
	}

	static Address address(String address) {
		return new Address(address);
	}

	static Uint256 uint(BigInteger value) {
		return new Uint256(value);
	}

	static Bytes32 bytes32(String hex) {
		return new Bytes32(Hex.bytes(hex));
	}

	static DynamicBytes bytes(String hex) {
		return new DynamicBytes(Hex.bytes(hex));
	}

	/**
	 * Read the number in the first word of a result.
	 * @return the number, or {@code null} if the result is shorter than a word
	 */
	static @Nullable BigInteger number(String result) {
		return (result.length() >= 2 + WORD) ? new BigInteger(result.substring(2, 2 + WORD), 16) : null;
	}

	/**
	 * Read a result that is one text or byte array.
	 * @return its bytes, or {@code null} if the result is nothing of that kind
	 */
	static byte @Nullable [] dynamic(String result) {
		return dynamic(result.substring(2), 0);
	}

	/**
	 * Read a member of dynamic type.
	 * @param words the encoded members without {@code 0x}
	 * @param index which member, from zero
	 * @return its bytes, or {@code null} if the encoding is wrong
	 */
	static byte @Nullable [] dynamic(String words, int index) {
		Integer offset = length(words, index * WORD);
		Integer length = (offset != null) ? length(words, offset * 2) : null;
		if (offset == null || length == null || offset * 2 + WORD + length * 2 > words.length()) {
			return null;
		}
		int start = offset * 2 + WORD;
		return Hex.bytes("0x" + words.substring(start, start + length * 2));
	}

	/**
	 * Read an offset or a length.
	 * @param words encoded values without {@code 0x}
	 * @param position where it is, in digits
	 * @return the number, or {@code null} if there is none or it exceeds the words
	 */
	static @Nullable Integer length(String words, int position) {
		if (position < 0 || position + WORD > words.length()) {
			return null;
		}
		BigInteger value = new BigInteger(words.substring(position, position + WORD), 16);
		return (value.compareTo(BigInteger.valueOf(words.length())) <= 0) ? value.intValue() : null;
	}

}
