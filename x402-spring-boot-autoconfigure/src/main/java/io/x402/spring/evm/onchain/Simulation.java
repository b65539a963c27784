/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import org.jspecify.annotations.Nullable;

/**
 * Tries a settlement without a transaction.
 */
final class Simulation {

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
			chain.call((deployment != null) ? Multicall.of(true, deployment, transfer) : transfer, from);
			return null;
		}
		catch (NodeErrorException ex) {
			if (!ex.isRevert()) {
				throw ex;
			}
			return authorization.diagnosis(chain, ex);
		}
	}

}
