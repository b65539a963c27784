/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Checks in the background whether a facilitator that failed responds again, so that no
 * payment must try. The first check comes after a second, later ones after twice the time
 * of the one before, until a call succeeds.
 */
final class RecoveryCheck implements AutoCloseable {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration IDLE = Duration.ofSeconds(5);

	private final BooleanSupplier check;

	private final long longest;

	private final ScheduledThreadPoolExecutor executor;

	private boolean checking;

	private boolean failed;

	private long delay;

	/**
	 * Create a check.
	 * @param check asks the facilitator something that moves no money, and returns
	 * whether it responds
	 * @param longest longest time between two checks
	 */
	RecoveryCheck(BooleanSupplier check, Duration longest) {
		this.check = check;
		this.longest = Math.max(longest.toNanos(), 1);
		this.delay = firstDelay();
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "x402-facilitator-recovery");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
		this.executor.allowCoreThreadTimeOut(true);
	}

	private long firstDelay() {
		return Math.min(FIRST.toNanos(), this.longest);
	}

	/**
	 * Check until the facilitator responds, unless that is being done already.
	 * @param recovered what to do then, told whether a check has failed before
	 */
	synchronized void begin(Consumer<Boolean> recovered) {
		if (!this.checking) {
			this.failed = false;
			this.checking = schedule(recovered);
		}
	}

	private boolean schedule(Consumer<Boolean> recovered) {
		try {
			this.executor.schedule(() -> check(recovered), this.delay, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void check(Consumer<Boolean> recovered) {
		boolean responds = responds();
		boolean news;
		synchronized (this) {
			this.failed |= !responds;
			news = this.failed;
			this.delay = Math.min(this.delay * 2, this.longest);
			this.checking = !responds && schedule(recovered);
		}
		if (responds) {
			recovered.accept(news);
		}
	}

	private boolean responds() {
		try {
			return this.check.getAsBoolean();
		}
		catch (RuntimeException | Error ex) {
			// No one else would check any more
			return false;
		}
	}

	/**
	 * A call succeeded: the next check comes after a second.
	 */
	synchronized void reset() {
		this.delay = firstDelay();
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
