/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import io.x402.spring.payment.SettlementReconciler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Reconciles pending payments concurrently. Takes only as many from the store as it can
 * reconcile at once and leaves the others to other instances.
 */
final class Reconciliation implements Runnable, SmartLifecycle {

	private final SettlementReconciler reconciler;

	private final Duration settleTimeout;

	private final Semaphore free;

	private final int concurrency;

	private volatile @Nullable ExecutorService executor;

	Reconciliation(SettlementReconciler reconciler, int concurrency, Duration settleTimeout) {
		this.reconciler = reconciler;
		this.settleTimeout = settleTimeout;
		this.concurrency = concurrency;
		this.free = new Semaphore(concurrency);
	}

	@Override
	public void start() {
		if (this.executor == null) {
			this.executor = Executors.newFixedThreadPool(this.concurrency,
					BackgroundThreads.named("reconciliation-worker"));
		}
	}

	@Override
	public void run() {
		ExecutorService executor = this.executor;
		if (executor != null) {
			begin(executor);
		}
	}

	private void begin(ExecutorService executor) {
		int available = this.free.drainPermits();
		int taken = 0;
		try {
			if (available > 0) {
				for (Runnable reconciling : this.reconciler.take(available, this.settleTimeout)) {
					taken++;
					executor.execute(() -> reconcile(reconciling));
				}
			}
		}
		finally {
			this.free.release(available - taken);
		}
	}

	private void reconcile(Runnable reconciling) {
		try {
			reconciling.run();
		}
		finally {
			this.free.release();
		}
	}

	@Override
	public void stop() {
		ExecutorService executor = this.executor;
		if (executor != null) {
			this.executor = null;
			BackgroundThreads.stop(executor);
		}
	}

	@Override
	public boolean isRunning() {
		return this.executor != null;
	}

	/**
	 * Same phase as the task, which stops first because it depends on this.
	 */
	@Override
	public int getPhase() {
		return BackgroundTask.PHASE;
	}

}
