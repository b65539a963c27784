/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;

/**
 * Tries a settlement without a transaction.
 */
final class Simulation {

	static final String MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11";

	private static final String TRY_AGGREGATE = Abi.selector("tryAggregate(bool,(address,bytes)[])");

	private Simulation() {
	}

	/**
	 * Try a settlement.
	 * @param chain the state of the network in which it is tried
	 * @param authorization the payment
	 * @param from the account that would settle
	 * @return the reason for which it would fail, or {@code null}
	 */
	static @Nullable Reason run(ChainState chain, Authorization authorization, String from) {
		try {
			ContractCall deployment = authorization.deployment(chain);
			ContractCall transfer = authorization.transfer();
			if (chain.code(transfer.to()).length() <= 2) {
				// a call of nothing would succeed
				return authorization.diagnosis(chain, new NodeErrorException(0, "", "0x"));
			}
			chain.call((deployment != null) ? together(deployment, transfer) : transfer, from);
			return null;
		}
		catch (NodeErrorException ex) {
			if (!ex.isRevert()) {
				throw ex;
			}
			return authorization.diagnosis(chain, ex);
		}
	}

	private static ContractCall together(ContractCall... calls) {
		List<DynamicStruct> structs = List.of(calls)
			.stream()
			.map((call) -> new DynamicStruct(Abi.address(call.to()), Abi.bytes(call.data())))
			.toList();
		return new ContractCall(MULTICALL,
				Abi.encode(TRY_AGGREGATE, new Bool(true), new DynamicArray<>(DynamicStruct.class, structs)));
	}

}
