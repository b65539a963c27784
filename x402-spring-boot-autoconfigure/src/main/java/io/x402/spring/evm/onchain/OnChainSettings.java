/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Limits of settlements on chain.
 *
 * @param settleTimeout maximum time to wait for confirmations
 * @param pollInterval time between two looks at the chain
 * @param maxConcurrent maximum number of concurrent settlements, and of verifications
 * @param factories addresses of contracts that may create wallets of buyers
 * @param gas limits of gas
 */
record OnChainSettings(Duration settleTimeout, Duration pollInterval, int maxConcurrent, Set<String> factories,
		Gas gas) {

	OnChainSettings {
		factories = Set.copyOf(factories);
	}

	/**
	 * Limits of gas.
	 *
	 * @param replaceAfter time after which a transaction is sent again with a higher fee
	 * @param maxFee maximum fee per unit of gas, in wei
	 * @param maxPerTransaction maximum gas of a transaction of one payment
	 * @param batches payments of one transaction
	 * @param approvals limits of what payers are sent for their approvals, {@code null}
	 * if approvals are not taken
	 */
	record Gas(Duration replaceAfter, BigInteger maxFee, long maxPerTransaction, Batches batches,
			@Nullable ApprovalGas approvals) {

		Gas(Duration replaceAfter, BigInteger maxFee, long maxPerTransaction, Batches batches) {
			this(replaceAfter, maxFee, maxPerTransaction, batches, null);
		}

		Gas with(Batches batches) {
			return new Gas(this.replaceAfter, this.maxFee, this.maxPerTransaction, batches, this.approvals);
		}

		Gas with(ApprovalGas approvals) {
			return new Gas(this.replaceAfter, this.maxFee, this.maxPerTransaction, this.batches, approvals);
		}

	}

	/**
	 * Limits of what payers are sent for the gas of their approvals on one network, in
	 * wei.
	 *
	 * @param maxPerPayment maximum for one payment
	 * @param maxPerPayer maximum for one payer within a day
	 * @param maxPerHour maximum for all payers within an hour, including the gas of
	 * sending it
	 */
	record ApprovalGas(BigInteger maxPerPayment, BigInteger maxPerPayer, BigInteger maxPerHour) {

		/** No one is sent anything. */
		static final ApprovalGas NONE = new ApprovalGas(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

	}

	/**
	 * Payments that are settled by one transaction.
	 *
	 * @param maxSize maximum number of payments; 1 if each has its own
	 * @param maxWait how long the first one waits for others
	 */
	record Batches(int maxSize, Duration maxWait) {

		/** Each payment has a transaction of its own. */
		static final Batches NONE = new Batches(1, Duration.ZERO);

	}

}
