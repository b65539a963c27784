package io.x402.spring.autoconfigure.store;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The books of payments.
 *
 * @param events Whether outcomes are published as application events, each at least once
 * by one of the instances.
 * @param eventInterval Time between two looks for outcomes to publish.
 * @param capacity Most entries that are kept in memory.
 * @param retention Time after which entries are deleted from a database or from Redis.
 * Never if not set.
 */
@ConfigurationProperties("x402.ledger")
public record X402LedgerProperties(@DefaultValue("true") boolean events, @DefaultValue("1s") Duration eventInterval,
		@DefaultValue("10000") int capacity, @Nullable Duration retention) {

	public X402LedgerProperties {
		Limits.duration("x402.ledger.event-interval", eventInterval, Duration.ofMillis(10), Duration.ofMinutes(10));
		Limits.number("x402.ledger.capacity", capacity, 1);
		if (retention != null) {
			Limits.duration("x402.ledger.retention", retention, Duration.ofHours(1), Duration.ofDays(36600));
		}
	}

}
