/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;

import io.x402.spring.PaymentFlow;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the settlement of payments.
 *
 * @param flow Payment flow, which determines whether a handler runs before or after the
 * settlement.
 * @param holdLimit Maximum size of the part of a response that is held back until the
 * payment is settled.
 * @param maxRepeatWait Maximum time a repeated request waits for the request that uses
 * the same payment.
 * @param maxConcurrentWaits Maximum number of repeated requests that wait at the same
 * time.
 * @param maxConcurrentWaitsPerPayment Maximum number of repeated requests that wait for
 * one payment at the same time.
 * @param maxUnchargedRuns Maximum number of times a handler runs for one payment that is
 * not charged, such as when the handler fails.
 * @param verifyUpfront Whether to verify payments before they are settled upfront.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.settlement")
public record X402SettlementProperties(@DefaultValue("authorization") PaymentFlow flow,
		@DefaultValue("64KB") DataSize holdLimit, @DefaultValue("2s") Duration maxRepeatWait,
		@DefaultValue("16") int maxConcurrentWaits, @DefaultValue("4") int maxConcurrentWaitsPerPayment,
		@DefaultValue("3") int maxUnchargedRuns, @DefaultValue("true") boolean verifyUpfront) {

	private static final String PREFIX = "x402.settlement.";

	public X402SettlementProperties {
		Limits.size(PREFIX + "hold-limit", holdLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
		Limits.duration(PREFIX + "max-repeat-wait", maxRepeatWait, Duration.ZERO, Duration.ofMinutes(1));
		Limits.number(PREFIX + "max-concurrent-waits", maxConcurrentWaits, 0);
		Limits.number(PREFIX + "max-concurrent-waits-per-payment", maxConcurrentWaitsPerPayment, 0);
		Limits.number(PREFIX + "max-uncharged-runs", maxUnchargedRuns, 1);
	}

}
