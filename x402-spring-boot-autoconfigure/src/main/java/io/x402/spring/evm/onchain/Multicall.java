/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.List;
import java.util.stream.IntStream;

import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;

/**
 * Several calls in one, by a contract that most networks have (Multicall3).
 */
final class Multicall {

	static final String ADDRESS = "0xcA11bde05977b3631167028862bE2a173976CA11";

	private static final String TRY_AGGREGATE = Abi.selector("tryAggregate(bool,(address,bytes)[])");

	private Multicall() {
	}

	/**
	 * Try calls one after the other.
	 * @param chain the state of the network in which they are tried
	 * @param calls the calls
	 * @return their results, empty if the network has no contract that makes them
	 * together
	 */
	static List<CallResult> results(ChainState chain, ContractCall... calls) {
		if (chain.code(ADDRESS).length() <= 2) {
			return List.of();
		}
		String results = chain.call(of(false, calls)).substring(2);
		return IntStream.range(0, calls.length).mapToObj((i) -> CallResult.of(results, i)).toList();
	}

	/**
	 * Return one call of several.
	 * @param all whether a call that fails makes all of them fail
	 * @param calls the calls
	 */
	static ContractCall of(boolean all, ContractCall... calls) {
		List<DynamicStruct> structs = List.of(calls)
			.stream()
			.map((call) -> new DynamicStruct(Abi.address(call.to()), Abi.bytes(call.data())))
			.toList();
		return new ContractCall(ADDRESS,
				Abi.encode(TRY_AGGREGATE, new Bool(all), new DynamicArray<>(DynamicStruct.class, structs)));
	}

	/**
	 * Result of one call of several.
	 *
	 * @param success whether the contract did not refuse
	 * @param data what it returned
	 */
	record CallResult(boolean success, String data) {

		private static final int WORD = 64;

		private static final int ARRAY = 2 * WORD;

		private static final CallResult FAILURE = new CallResult(false, "0x");

		/**
		 * Read a result.
		 * @param words an encoded array of results
		 * @param index which result, from zero
		 * @return the result, a failure if there is none
		 */
		static CallResult of(String words, int index) {
			Integer offset = Abi.length(words, ARRAY + index * WORD);
			if (offset == null || ARRAY + 2 * offset > words.length()) {
				return FAILURE;
			}
			String result = words.substring(ARRAY + 2 * offset);
			Integer success = Abi.length(result, 0);
			byte[] data = Abi.dynamic(result, 1);
			return (success != null && data != null) ? new CallResult(success == 1, Hex.of(data)) : FAILURE;
		}

	}

}
