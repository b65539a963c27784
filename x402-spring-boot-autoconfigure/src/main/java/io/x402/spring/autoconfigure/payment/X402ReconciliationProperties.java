/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the reconciliation of pending payments.
 *
 * @param enabled Whether this instance reconciles pending payments. At least one instance
 * must.
 * @param interval Time between two queries for pending payments that are due.
 * @param maxConcurrentPayments Maximum number of payments that are reconciled at the same
 * time.
 */
@ConfigurationProperties("x402.reconciliation")
record X402ReconciliationProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration interval,
		@DefaultValue("4") int maxConcurrentPayments) {

	X402ReconciliationProperties {
		Limits.duration("x402.reconciliation.interval", interval, Duration.ofMillis(10), Duration.ofMinutes(10));
		Limits.number("x402.reconciliation.max-concurrent-payments", maxConcurrentPayments, 1);
	}

}
