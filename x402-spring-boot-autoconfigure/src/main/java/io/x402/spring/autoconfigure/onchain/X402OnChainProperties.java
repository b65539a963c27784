/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.TokenAmount;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * Configuration properties for settlement on chain with own keys.
 *
 * @param rpc JSON-RPC nodes.
 * @param keys Keys of the accounts that pay for gas.
 * @param gas Gas of transactions.
 * @param batch Payments that share a transaction.
 * @param approvalGas Gas of approvals that payers have signed.
 * @param search Search for a settlement.
 * @param confirmations Number of blocks that must confirm a payment, including the block
 * of its transaction.
 * @param confirmationsAbove Number of blocks that must confirm a payment of more than a
 * number of tokens, by number of tokens.
 * @param walletFactories Comma-separated list of addresses of contracts that may be
 * called to deploy the wallet of a payer.
 */
@ConfigurationProperties("x402.facilitator.onchain")
record X402OnChainProperties(@NestedConfigurationProperty @DefaultValue EvmRpcProperties rpc, @DefaultValue Keys keys,
		@DefaultValue Gas gas, @DefaultValue Batch batch, @DefaultValue ApprovalGas approvalGas,
		@NestedConfigurationProperty @DefaultValue SettlementSearchProperties search,
		@DefaultValue("1") int confirmations, @DefaultValue Map<TokenAmount, Integer> confirmationsAbove,
		@DefaultValue Set<String> walletFactories) {

	/** Prefix of the properties. */
	static final String PREFIX = "x402.facilitator.onchain.";

	X402OnChainProperties {
		rpc.validate(PREFIX + "rpc.");
		search.validate(PREFIX + "search.");
		Limits.number(PREFIX + "confirmations", confirmations, 1);
		confirmationsAbove
			.forEach((amount, number) -> Limits.number(PREFIX + "confirmations-above." + amount, number, 1));
	}

	/**
	 * Keys of the accounts that pay for gas.
	 *
	 * @param privateKeys Comma-separated list of private keys. Intended for test
	 * networks.
	 * @param keystores Comma-separated list of locations of encrypted keystore files.
	 * @param keystorePassword Password of the keystore files.
	 * @param signers Comma-separated list of names of Signer beans.
	 */
	public record Keys(@DefaultValue List<String> privateKeys, @DefaultValue List<Resource> keystores,
			@Nullable String keystorePassword, @DefaultValue List<String> signers) {

		@Override
		public String toString() {
			return "Keys[signers=" + this.signers + ", privateKeys=" + this.privateKeys.size() + ", keystores="
					+ this.keystores.size() + "]";
		}

	}

	/**
	 * Gas of transactions.
	 *
	 * @param maxFeeGwei Maximum fee per unit of gas, in gwei.
	 * @param maxPerTransaction Maximum amount of gas of a transaction.
	 * @param replaceAfter Time after which a transaction without a block is replaced by
	 * one with higher fees.
	 * @param minBalance Minimum balance of a healthy account, in the currency of the
	 * network.
	 */
	public record Gas(@DefaultValue("100") BigDecimal maxFeeGwei, @DefaultValue("1000000") long maxPerTransaction,
			@DefaultValue("30s") Duration replaceAfter, @DefaultValue("0.001") BigDecimal minBalance) {

		public Gas {
			if (maxFeeGwei.signum() <= 0) {
				throw new InvalidPropertyException(PREFIX + "gas.max-fee-gwei", maxFeeGwei.toPlainString(),
						"must be greater than 0", "Use the maximum fee that you want to pay.");
			}
			Limits.number(PREFIX + "gas.max-per-transaction", maxPerTransaction, 21_000);
			Limits.duration(PREFIX + "gas.replace-after", replaceAfter, Duration.ofSeconds(1), Duration.ofHours(1));
		}

	}

	/**
	 * Payments that share a transaction of contract Multicall3.
	 *
	 * @param maxSize Maximum number of payments that one transaction settles. With 1 each
	 * payment has a transaction of its own.
	 * @param maxWait Maximum time that a payment waits for others to share its
	 * transaction.
	 */
	public record Batch(@DefaultValue("1") int maxSize, @DefaultValue("200ms") Duration maxWait) {

		/** More would not fit into a block of some networks. */
		private static final int LIMIT = 100;

		public Batch {
			if (maxSize < 1 || maxSize > LIMIT) {
				throw new InvalidPropertyException(PREFIX + "batch.max-size", Integer.toString(maxSize),
						"must be between 1 and " + LIMIT, "Use 1 to settle each payment by a transaction of its own.");
			}
			Limits.duration(PREFIX + "batch.max-wait", maxWait, Duration.ofMillis(1), Duration.ofSeconds(10));
		}

	}

	/**
	 * Gas of approvals to Permit2 that payers have signed.
	 *
	 * @param enabled Whether to send approvals that come with a payment, and to send the
	 * payer what is missing for the gas.
	 * @param maxPerPayment Maximum amount that a payer is sent for one payment, in the
	 * currency of the network. With 0 approvals are sent for payers that have gas.
	 * @param maxPerPayer Maximum amount that a payer is sent within a day, in the
	 * currency of the network.
	 * @param maxPerHour Maximum amount that all payers are sent within an hour, including
	 * the gas of sending it, in the currency of the network.
	 */
	public record ApprovalGas(@DefaultValue("false") boolean enabled, @DefaultValue("0.0002") BigDecimal maxPerPayment,
			@DefaultValue("0.0004") BigDecimal maxPerPayer, @DefaultValue("0.005") BigDecimal maxPerHour) {

		public ApprovalGas {
			validate("max-per-payment", maxPerPayment);
			validate("max-per-payer", maxPerPayer);
			validate("max-per-hour", maxPerHour);
		}

		private static void validate(String name, BigDecimal amount) {
			if (amount.signum() < 0) {
				throw new InvalidPropertyException(PREFIX + "approval-gas." + name, amount.toPlainString(),
						"must not be negative", "Use 0 to pay for no gas.");
			}
		}

	}

}
