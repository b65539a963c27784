/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.util.EnumMap;
import java.util.Map;

import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.payment.RateLimits;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.RateLimits.Limit;
import io.x402.spring.time.MonotonicClock;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for limits of what clients can cause without a sale. A client
 * is a network address as the container knows it.
 *
 * @param unpaid Maximum number of requests without payment per minute that get offers, 0
 * for no limit.
 * @param unpaidPerClient Maximum number of requests without payment of one client per
 * minute that get offers, 0 for no limit.
 * @param invalid Maximum number of refused payments per minute, 0 for no limit. Beyond
 * it, new payments of all clients are refused.
 * @param invalidPerClient Maximum number of refused payments of one client per minute, 0
 * for no limit.
 * @param verifications Maximum number of calls per minute by which the facilitator
 * verifies payments, 0 for no limit. Beyond it, new payments of all clients are refused.
 * @param verificationsPerClient Maximum number of calls per minute by which the
 * facilitator verifies payments of one client, 0 for no limit.
 * @param maxClients Maximum number of clients that are counted. Further clients are
 * subject to the limits for all only.
 */
@ConfigurationProperties("x402.rate-limits")
record X402RateLimitProperties(@DefaultValue("0") int unpaid, @DefaultValue("0") int unpaidPerClient,
		@DefaultValue("0") int invalid, @DefaultValue("0") int invalidPerClient, @DefaultValue("0") int verifications,
		@DefaultValue("0") int verificationsPerClient, @DefaultValue("10000") int maxClients) {

	private static final String PREFIX = "x402.rate-limits.";

	public X402RateLimitProperties {
		Limits.number(PREFIX + "unpaid", unpaid, 0);
		Limits.number(PREFIX + "unpaid-per-client", unpaidPerClient, 0);
		Limits.number(PREFIX + "invalid", invalid, 0);
		Limits.number(PREFIX + "invalid-per-client", invalidPerClient, 0);
		Limits.number(PREFIX + "verifications", verifications, 0);
		Limits.number(PREFIX + "verifications-per-client", verificationsPerClient, 0);
		Limits.number(PREFIX + "max-clients", maxClients, 1);
	}

	RateLimits toLimits() {
		Map<Kind, Limit> limits = new EnumMap<>(Kind.class);
		limits.put(Kind.UNPAID, new Limit(this.unpaidPerClient, this.unpaid));
		limits.put(Kind.INVALID, new Limit(this.invalidPerClient, this.invalid));
		limits.put(Kind.VERIFICATION, new Limit(this.verificationsPerClient, this.verifications));
		limits.values().removeIf((limit) -> limit.perClient() == 0 && limit.all() == 0);
		return new RateLimits(limits, this.maxClients, MonotonicClock.system());
	}

}
