/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Counts the free calls of clients for each price, in the memory of one instance. A
 * client is a user, or else a network address. A client that there is no room for has no
 * free calls, so that a flood of addresses neither fills the memory nor resets counts.
 *
 * @since 0.1.0
 */
public final class FreeQuotas {

	private final Map<Pricing, QuotaWindows> windows = new ConcurrentHashMap<>();

	private final int maxClients;

	private final int ipv6Prefix;

	private final MonotonicClock clock;

	/**
	 * Create quotas that count nothing yet.
	 * @param maxClients maximum number of clients that are counted for each price
	 * @param ipv6Prefix number of leading bits by which IPv6 addresses are told apart
	 * @param clock measures the periods
	 */
	public FreeQuotas(int maxClients, int ipv6Prefix, MonotonicClock clock) {
		this.maxClients = maxClients;
		this.ipv6Prefix = ipv6Prefix;
		this.clock = clock;
	}

	/**
	 * Reserve a free call.
	 * @param pricing the price of the handler
	 * @param user name of the authenticated user, or {@code null} if there is none
	 * @param address network address of the client, or {@code null} if it is unknown
	 * @return the call, granted or not; empty if the price has no free quota or the
	 * client cannot be told from others
	 */
	public Optional<FreeCall> reserve(Pricing pricing, @Nullable String user, @Nullable String address) {
		FreeQuota quota = pricing.freeQuota();
		if (quota == null) {
			return Optional.empty();
		}
		return Optional.ofNullable(client(user, address)).map((client) -> windows(pricing, quota).reserve(client));
	}

	private QuotaWindows windows(Pricing pricing, FreeQuota quota) {
		return this.windows.computeIfAbsent(pricing, (unused) -> new QuotaWindows(quota, this.maxClients, this.clock));
	}

	private @Nullable Object client(@Nullable String user, @Nullable String address) {
		if (user != null) {
			return user;
		}
		return (address != null) ? ClientNetwork.of(address, this.ipv6Prefix) : null;
	}

}
