/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Counts free calls in the memory of one instance.
 *
 * @since 0.2.0
 */
public final class InMemoryQuotaStore implements QuotaStore {

	private final Map<String, Windows> quotas = new ConcurrentHashMap<>();

	private final int maxClients;

	private final MonotonicClock clock;

	/**
	 * Create a store that counts nothing yet.
	 * @param maxClients maximum number of clients that are counted for each quota
	 * @param clock measures the periods
	 */
	public InMemoryQuotaStore(int maxClients, MonotonicClock clock) {
		this.maxClients = maxClients;
		this.clock = clock;
	}

	@Override
	public QuotaCall take(QuotaClient client) {
		return windows(client).take(client, this.maxClients, this.clock);
	}

	@Override
	public void giveBack(QuotaClient client, QuotaCall call) {
		windows(client).giveBack(client, call);
	}

	private Windows windows(QuotaClient client) {
		return this.quotas.computeIfAbsent(client.quota(), (unused) -> new Windows());
	}

	/**
	 * Clients of one quota. All periods have the same length, so that the entries are in
	 * the order in which they end.
	 */
	private static final class Windows {

		private final Map<String, Window> clients = new LinkedHashMap<>();

		private long periods;

		synchronized QuotaCall take(QuotaClient client, int maxClients, MonotonicClock clock) {
			removeEnded();
			Window window = window(client, maxClients, clock);
			if (window == null) {
				return QuotaCall.noRoom(client);
			}
			boolean taken = window.used < client.limit();
			window.used += taken ? 1 : 0;
			return new QuotaCall(taken, client.limit() - window.used, window.end.remaining(), window.period);
		}

		private void removeEnded() {
			Iterator<Window> oldest = this.clients.values().iterator();
			while (oldest.hasNext() && oldest.next().end.hasPassed()) {
				oldest.remove();
			}
		}

		private @Nullable Window window(QuotaClient client, int maxClients, MonotonicClock clock) {
			Window window = this.clients.get(client.client());
			if (window == null && this.clients.size() < maxClients) {
				window = new Window(++this.periods, Deadline.by(clock, client.period()));
				this.clients.put(client.client(), window);
			}
			return window;
		}

		synchronized void giveBack(QuotaClient client, QuotaCall call) {
			Window window = this.clients.get(client.client());
			if (window != null && window.period == call.period() && window.used > 0) {
				window.used--;
			}
		}

	}

	/**
	 * Calls of one client in one period.
	 */
	private static final class Window {

		private final long period;

		private final Deadline end;

		private int used;

		Window(long period, Deadline end) {
			this.period = period;
			this.end = end;
		}

	}

}
