package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.x402.spring.payment.PaymentStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Maintains a store regularly, on one thread. Starts before the web server and stops
 * after it has answered its last request.
 */
final class StoreMaintenance implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(StoreMaintenance.class);

	private static final int PHASE = DEFAULT_PHASE - 4096;

	private static final int STOP_SECONDS = 10;

	private final PaymentStore store;

	private final long millis;

	private volatile @Nullable ScheduledExecutorService executor;

	private boolean failing;

	/**
	 * Create the maintenance of a store.
	 * @param store the store
	 * @param interval longest time between two rounds
	 */
	StoreMaintenance(PaymentStore store, Duration interval) {
		this.store = store;
		this.millis = interval.toMillis();
	}

	@Override
	public void start() {
		if (this.executor == null) {
			ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(task, "x402-store");
				thread.setDaemon(true);
				return thread;
			});
			executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
			executor.execute(() -> round(executor));
			this.executor = executor;
		}
	}

	private void round(ScheduledExecutorService executor) {
		maintain();
		if (!executor.isShutdown()) {
			executor.schedule(() -> round(executor), delay(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Instances that were started together do not stay in step.
	 */
	private long delay() {
		return this.millis * 3 / 4 + ThreadLocalRandom.current().nextLong(this.millis / 4 + 1);
	}

	private void maintain() {
		try {
			this.store.maintain();
			if (this.failing) {
				logger.info("The store of payments is maintained again");
			}
			this.failing = false;
		}
		catch (RuntimeException ex) {
			if (!this.failing) {
				logger.warn("The store of payments cannot be maintained: " + ex.getMessage());
			}
			this.failing = true;
		}
	}

	/**
	 * Waits for a round that has begun and does not interrupt it, because there are
	 * drivers that close a database when they are interrupted.
	 */
	@Override
	public void stop() {
		ScheduledExecutorService executor = this.executor;
		if (executor != null) {
			this.executor = null;
			executor.shutdown();
			try {
				executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.executor != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
