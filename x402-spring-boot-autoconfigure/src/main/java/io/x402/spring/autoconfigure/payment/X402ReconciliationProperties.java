package io.x402.spring.autoconfigure.payment;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How it is found out what became of settlements of unknown outcome.
 *
 * @param enabled Whether this instance looks into unknown settlements. At least one
 * instance has to.
 * @param interval Time between two looks into the store for settlements that are due.
 * @param concurrency How many settlements are looked into at the same time.
 */
@ConfigurationProperties("x402.reconciliation")
public record X402ReconciliationProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration interval,
		@DefaultValue("4") int concurrency) {

	public X402ReconciliationProperties {
		Limits.duration("x402.reconciliation.interval", interval, Duration.ofMillis(10), Duration.ofMinutes(10));
		Limits.number("x402.reconciliation.concurrency", concurrency, 1);
	}

}
