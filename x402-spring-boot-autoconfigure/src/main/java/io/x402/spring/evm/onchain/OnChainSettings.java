/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Set;

/**
 * Limits of settlements on chain.
 *
 * @param settleTimeout how long a settlement is waited for
 * @param pollInterval how often nodes are asked for a new block meanwhile
 * @param replaceAfter how long a transaction may wait for a block before its fees are
 * raised
 * @param maxFee maximum fee in wei per unit of gas
 * @param maxGas maximum gas that one transaction may use
 * @param maxConcurrent maximum number of settlements, and of verifications, at the same
 * time; further ones are not executed
 * @param factories addresses of factories that may be called to create the wallet of a
 * payer (ERC-6492)
 * @since 0.1.0
 */
public record OnChainSettings(Duration settleTimeout, Duration pollInterval, Duration replaceAfter, BigInteger maxFee,
		long maxGas, int maxConcurrent, Set<String> factories) {

	public OnChainSettings {
		factories = Set.copyOf(factories);
	}

}
