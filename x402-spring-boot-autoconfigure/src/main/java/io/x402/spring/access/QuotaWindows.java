/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Free calls of one price. The period of a client begins with its first call. All periods
 * have the same length, so that the entries are in the order in which they end.
 */
final class QuotaWindows {

	private final Map<Object, Window> windows = new LinkedHashMap<>();

	private final FreeQuota quota;

	private final int maxClients;

	private final MonotonicClock clock;

	/**
	 * Create an instance that counts nothing yet.
	 * @param quota calls of each client
	 * @param maxClients maximum number of clients
	 * @param clock measures the periods
	 */
	QuotaWindows(FreeQuota quota, int maxClients, MonotonicClock clock) {
		this.quota = quota;
		this.maxClients = maxClients;
		this.clock = clock;
	}

	/**
	 * Reserve a call of a client.
	 */
	synchronized FreeCall reserve(Object client) {
		long now = this.clock.nanos();
		removeEnded(now);
		Window window = window(client, now);
		if (window == null) {
			return new FreeCall(this.quota, false, 0, this.quota.period(), () -> {
			});
		}
		Duration reset = Duration.ofNanos(window.end - now).plusSeconds(1);
		if (window.used >= this.quota.limit()) {
			return new FreeCall(this.quota, false, 0, reset, () -> {
			});
		}
		window.used++;
		return new FreeCall(this.quota, true, this.quota.limit() - window.used, reset, release(window));
	}

	private void removeEnded(long now) {
		Iterator<Window> oldest = this.windows.values().iterator();
		while (oldest.hasNext() && oldest.next().end - now <= 0) {
			oldest.remove();
		}
	}

	private @Nullable Window window(Object client, long now) {
		Window window = this.windows.get(client);
		if (window == null && this.windows.size() < this.maxClients) {
			window = new Window(now + this.quota.period().toNanos());
			this.windows.put(client, window);
		}
		return window;
	}

	private Runnable release(Window window) {
		AtomicBoolean reserved = new AtomicBoolean(true);
		return () -> {
			if (reserved.getAndSet(false)) {
				release(window, 1);
			}
		};
	}

	private synchronized void release(Window window, int calls) {
		window.used -= calls;
	}

	/**
	 * Calls of one client in one period.
	 */
	private static final class Window {

		private final long end;

		private int used;

		Window(long end) {
			this.end = end;
		}

	}

}
