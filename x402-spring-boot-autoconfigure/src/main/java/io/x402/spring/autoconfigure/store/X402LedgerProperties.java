/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the ledger of payments.
 *
 * @param events Whether to publish entries as application events. One of the instances
 * publishes each event at least once.
 * @param eventInterval Time between two queries for entries to publish.
 * @param maxEntries Maximum number of entries in the in-memory store.
 * @param retention Time after which entries are deleted from a database or from Redis.
 * Entries are never deleted by default.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.ledger")
public record X402LedgerProperties(@DefaultValue("true") boolean events, @DefaultValue("1s") Duration eventInterval,
		@DefaultValue("10000") int maxEntries, @Nullable Duration retention) {

	public X402LedgerProperties {
		Limits.duration("x402.ledger.event-interval", eventInterval, Duration.ofMillis(10), Duration.ofMinutes(10));
		Limits.number("x402.ledger.max-entries", maxEntries, 1);
		if (retention != null) {
			Limits.duration("x402.ledger.retention", retention, Duration.ofHours(1), Duration.ofDays(36600));
		}
	}

}
