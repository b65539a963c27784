/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.QuotaCall;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives clients their free calls. While the store cannot count, no call is free.
 *
 * @since 0.1.0
 */
public final class FreeQuotas {

	private static final Log logger = LogFactory.getLog(FreeQuotas.class);

	/** Anybody can invent headers, so that the clients of one network have a limit. */
	private static final int CLIENTS_OF_A_NETWORK = 10;

	private final QuotaStore store;

	private final ClientKey key;

	private final int ipv6Prefix;

	private final AtomicBoolean failing = new AtomicBoolean();

	/**
	 * Create quotas.
	 * @param store counts calls
	 * @param key what tells clients apart
	 * @param ipv6Prefix number of leading bits by which IPv6 addresses are told apart
	 */
	public FreeQuotas(QuotaStore store, ClientKey key, int ipv6Prefix) {
		this.store = store;
		this.key = key;
		this.ipv6Prefix = ipv6Prefix;
	}

	/**
	 * Reserve a free call.
	 * @param pricing the price of the handler
	 * @param caller who calls it
	 * @return the call, granted or not; empty if the price has no free quota, the client
	 * cannot be told from others, or calls cannot be counted at present
	 */
	public Optional<FreeCall> reserve(Pricing pricing, Caller caller) {
		FreeQuota quota = pricing.freeQuota();
		return (quota != null) ? reserve(pricing.name(), quota, caller) : Optional.empty();
	}

	/**
	 * Reserve a free call of a quota.
	 */
	Optional<FreeCall> reserve(String price, FreeQuota quota, Caller caller) {
		List<QuotaClient> clients = clients(price, quota, caller);
		if (clients.isEmpty()) {
			return Optional.empty();
		}
		try {
			FreeCall call = reserve(quota, clients);
			this.failing.set(false);
			return Optional.of(call);
		}
		catch (PaymentStoreException ex) {
			if (!this.failing.getAndSet(true)) {
				logger.warn("No call is free as long as free calls cannot be counted: " + ex.getMessage());
			}
			return Optional.empty();
		}
	}

	private FreeCall reserve(FreeQuota quota, List<QuotaClient> clients) {
		List<Runnable> taken = new ArrayList<>();
		QuotaCall call = QuotaCall.noRoom(clients.get(0));
		for (QuotaClient client : clients) {
			call = take(client, taken);
			if (!call.taken()) {
				taken.forEach(Runnable::run);
				return new FreeCall(quota, false, 0, call.reset(), () -> {
				});
			}
		}
		AtomicBoolean reserved = new AtomicBoolean(true);
		return new FreeCall(quota, true, call.remaining(), call.reset(), () -> {
			if (reserved.getAndSet(false)) {
				taken.forEach(Runnable::run);
			}
		});
	}

	private QuotaCall take(QuotaClient client, List<Runnable> taken) {
		QuotaCall call;
		try {
			call = this.store.take(client);
		}
		catch (PaymentStoreException ex) {
			taken.forEach(Runnable::run);
			throw ex;
		}
		if (call.taken()) {
			taken.add(() -> giveBack(client, call));
		}
		return call;
	}

	/**
	 * The response has been decided, whatever the store says.
	 */
	private void giveBack(QuotaClient client, QuotaCall call) {
		try {
			this.store.giveBack(client, call);
		}
		catch (PaymentStoreException ex) {
			logger.debug("A free call could not be given back: " + ex.getMessage());
		}
	}

	/**
	 * Return all who must have a call left, the client itself last.
	 */
	private List<QuotaClient> clients(String price, FreeQuota quota, Caller caller) {
		String network = network(caller.address());
		if (this.key.kind() == ClientKey.Kind.PRINCIPAL && caller.user() != null) {
			return List.of(client(price, "user " + caller.user(), quota, 1));
		}
		if (network == null) {
			return List.of();
		}
		if (this.key.kind() != ClientKey.Kind.HEADER) {
			return List.of(client(price, network, quota, 1));
		}
		String value = caller.headers().apply(this.key.header());
		return List.of(client(price + " of a network", network, quota, CLIENTS_OF_A_NETWORK),
				client(price, (value != null && !value.isBlank()) ? "header " + value : network, quota, 1));
	}

	private static QuotaClient client(String price, String client, FreeQuota quota, int factor) {
		long limit = Math.min((long) quota.limit() * factor, Integer.MAX_VALUE);
		return QuotaClient.of(price, client, (int) limit, quota.period());
	}

	private @Nullable String network(@Nullable String address) {
		String network = ClientNetwork.key(address, this.ipv6Prefix);
		return (network != null) ? "network " + network : null;
	}

}
