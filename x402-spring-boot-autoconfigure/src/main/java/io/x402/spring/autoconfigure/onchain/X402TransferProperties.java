/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.evm.onchain.TransferFacilitator;
import io.x402.spring.protocol.TransferQuote;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Configuration properties for buyers that transfer the price and then present the
 * transfer.
 *
 * @param enabled Whether to quote prices for buyers that can only transfer, in scheme
 * transfer.
 * @param secret Secret of at least 32 bytes that quotes are made with, the same for all
 * instances. Required if transfers are enabled.
 * @param rpc JSON-RPC nodes that transfers are looked for at. By default, the nodes of
 * the facilitator of type onchain.
 * @param lifetime Time in which a transfer can be made for a quote.
 * @param presentation Time after that in which a transfer that was made in time can be
 * presented.
 * @param confirmations Number of blocks that must confirm a transfer, including the block
 * of its transaction.
 * @param finalized Whether the block of a transfer must be finalized besides.
 * @param clockSkew Difference between the clocks of instances and networks that is
 * allowed for.
 * @param maxConcurrent Maximum number of transfers that are looked for at the same time.
 * @param maxLooks Maximum number of times per minute that a transaction is looked for at
 * a node, 0 for no limit. Transfers are pending beyond it.
 */
@ConfigurationProperties("x402.transfers")
record X402TransferProperties(@DefaultValue("false") boolean enabled, @Nullable String secret,
		@NestedConfigurationProperty @DefaultValue EvmRpcProperties rpc, @DefaultValue("15m") Duration lifetime,
		@DefaultValue("2h") Duration presentation, @DefaultValue("3") int confirmations,
		@DefaultValue("false") boolean finalized, @DefaultValue("30s") Duration clockSkew,
		@DefaultValue("16") int maxConcurrent, @DefaultValue("600") int maxLooks) {

	/** Prefix of the properties. */
	static final String PREFIX = "x402.transfers.";

	private static final int MIN_LENGTH = 32;

	private static final String GENERATE = "Set random characters, such as those that 'openssl rand -base64 32' prints, "
			+ "in the environment variable X402_TRANSFERS_SECRET.";

	private static final Duration LONGEST = TransferQuote.MAX_LIFETIME.dividedBy(2);

	X402TransferProperties {
		if (StringUtils.hasLength(secret) && secret.getBytes(StandardCharsets.UTF_8).length < MIN_LENGTH) {
			throw new InvalidPropertyException(PREFIX + "secret", null, "must have at least " + MIN_LENGTH + " bytes",
					GENERATE);
		}
		rpc.validate(PREFIX + "rpc.");
		Limits.duration(PREFIX + "lifetime", lifetime, Duration.ofMinutes(1), LONGEST);
		Limits.duration(PREFIX + "presentation", presentation, Duration.ofMinutes(1), LONGEST);
		Limits.duration(PREFIX + "clock-skew", clockSkew, Duration.ZERO, TransferQuote.MAX_CLOCK_SKEW);
		Limits.number(PREFIX + "confirmations", confirmations, 1);
		Limits.number(PREFIX + "max-concurrent", maxConcurrent, 1);
		Limits.number(PREFIX + "max-looks", maxLooks, 0);
	}

	byte[] key() {
		if (!StringUtils.hasLength(this.secret)) {
			throw new InvalidPropertyException(PREFIX + "secret", null,
					"must be set where x402.transfers.enabled is true", GENERATE);
		}
		return this.secret.getBytes(StandardCharsets.UTF_8);
	}

	TransferFacilitator.Settings toSettings() {
		return new TransferFacilitator.Settings(this.confirmations, this.finalized, this.clockSkew, this.maxConcurrent,
				this.maxLooks);
	}

	/**
	 * Does not show the secret.
	 */
	@Override
	public String toString() {
		return "X402TransferProperties[enabled=" + this.enabled + "]";
	}

}
