/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the local validation of payments, before the facilitator
 * verifies them.
 *
 * @param minValidity Minimum time for which an authorization must remain valid.
 * @param maxValidity Maximum time for which an authorization may be valid.
 * @param bodyLimit Maximum size of the part of a request body by which requests with the
 * same payment are distinguished.
 * @param signatures Whether to verify signatures locally. Signatures of contract wallets
 * are always verified by the facilitator.
 * @param maxInvalid Maximum number of payments per minute whose signature only the
 * facilitator can verify and that it finds invalid, 0 for no limit. Does not apply to
 * payers of valid payments.
 * @param maxInvalidPerPayer Maximum number of payments of one payer per minute that the
 * facilitator finds invalid, 0 for no limit. Ten times as many for a payer of valid
 * payments.
 * @param warmUp Whether to rehearse a payment in the background once the application is
 * ready, so that the first buyer does not wait for the classes that payments need. No
 * network call is made and no money moves.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.validation")
public record X402ValidationProperties(@DefaultValue("6s") Duration minValidity,
		@DefaultValue("24h") Duration maxValidity, @DefaultValue("64KB") DataSize bodyLimit,
		@DefaultValue("true") boolean signatures, @DefaultValue("600") int maxInvalid,
		@DefaultValue("60") int maxInvalidPerPayer, @DefaultValue("true") boolean warmUp) {

	private static final String PREFIX = "x402.validation.";

	public X402ValidationProperties {
		Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
		Limits.number(PREFIX + "max-invalid", maxInvalid, 0);
		Limits.number(PREFIX + "max-invalid-per-payer", maxInvalidPerPayer, 0);
	}

	/**
	 * Require that authorizations of some time can be valid.
	 * @param maxTimeout time for which offers ask an authorization to be valid
	 * @throws InvalidPropertyException if none can
	 */
	void requireConsistency(Duration maxTimeout) {
		Limits.duration(PREFIX + "min-validity", this.minValidity, Duration.ZERO, maxTimeout.minusSeconds(1));
		Limits.duration(PREFIX + "max-validity", this.maxValidity, maxTimeout, Duration.ofDays(366));
	}

}
