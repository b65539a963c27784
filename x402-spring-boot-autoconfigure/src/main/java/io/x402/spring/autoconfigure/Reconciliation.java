package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import io.x402.spring.payment.SettlementReconciler;
import io.x402.spring.payment.UnsettledClaim;

import org.springframework.beans.factory.DisposableBean;

/**
 * Looks into unknown settlements, several at once. Takes no more from the store than it
 * can begin with, so that other instances get the rest.
 */
final class Reconciliation implements Runnable, DisposableBean {

	/** What a probe and a slow store may take beside the settle call. */
	private static final Duration ALLOWANCE = Duration.ofSeconds(60);

	private final SettlementReconciler reconciler;

	private final Duration hold;

	private final Semaphore free;

	private final ExecutorService executor;

	Reconciliation(SettlementReconciler reconciler, int concurrency, Duration settleTimeout) {
		this.reconciler = reconciler;
		this.hold = settleTimeout.plus(ALLOWANCE);
		this.free = new Semaphore(concurrency);
		this.executor = Executors.newFixedThreadPool(concurrency, (task) -> {
			Thread thread = new Thread(task, "x402-reconciliation-worker");
			thread.setDaemon(true);
			return thread;
		});
	}

	@Override
	public void run() {
		int available = this.free.drainPermits();
		int taken = 0;
		try {
			if (available > 0) {
				for (UnsettledClaim unsettled : this.reconciler.take(available, this.hold)) {
					taken++;
					this.executor.execute(() -> reconcile(unsettled));
				}
			}
		}
		finally {
			this.free.release(available - taken);
		}
	}

	private void reconcile(UnsettledClaim unsettled) {
		try {
			this.reconciler.reconcile(unsettled);
		}
		finally {
			this.free.release();
		}
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
