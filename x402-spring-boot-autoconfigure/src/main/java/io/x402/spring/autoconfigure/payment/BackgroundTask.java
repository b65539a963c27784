/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Task that runs at intervals on a single thread. Starts before the web server and stops
 * after its last request.
 */
final class BackgroundTask implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(BackgroundTask.class);

	static final int PHASE = DEFAULT_PHASE - 4096;

	private final String name;

	private final long millis;

	private final Runnable task;

	private final boolean runAtStop;

	private volatile @Nullable ScheduledExecutorService executor;

	private boolean failing;

	/**
	 * Create a task.
	 * @param name name for the thread and the log
	 * @param interval maximum time between two runs
	 * @param task task to run
	 */
	BackgroundTask(String name, Duration interval, Runnable task) {
		this(name, interval, task, false);
	}

	private BackgroundTask(String name, Duration interval, Runnable task, boolean runAtStop) {
		this.name = name;
		this.millis = interval.toMillis();
		this.task = task;
		this.runAtStop = runAtStop;
	}

	/**
	 * Return a task that runs once more when it stops, while what it uses still runs.
	 */
	BackgroundTask runAtStop() {
		return new BackgroundTask(this.name, Duration.ofMillis(this.millis), this.task, true);
	}

	@Override
	public void start() {
		if (this.executor == null) {
			ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1,
					BackgroundThreads.named(this.name));
			executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
			executor.execute(() -> runAndSchedule(executor));
			this.executor = executor;
		}
	}

	private void runAndSchedule(ScheduledExecutorService executor) {
		run();
		if (!executor.isShutdown()) {
			executor.schedule(() -> runAndSchedule(executor), delay(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Random, so that instances that were started together do not run in step.
	 */
	private long delay() {
		return this.millis * 3 / 4 + ThreadLocalRandom.current().nextLong(this.millis / 4 + 1);
	}

	private void run() {
		try {
			this.task.run();
			if (this.failing) {
				logger.info("Background work on the " + this.name + " of payments has recovered");
			}
			this.failing = false;
		}
		catch (RuntimeException ex) {
			failed(ex.getMessage(), null);
		}
		catch (Error ex) {
			failed(ex.toString(), ex);
		}
	}

	/**
	 * A failure does not stop the task. A series of failures is logged once.
	 */
	private void failed(@Nullable String text, @Nullable Error error) {
		if (!this.failing) {
			logger.warn("Background work on the " + this.name + " of payments failed and will be retried: " + text,
					error);
		}
		this.failing = true;
	}

	@Override
	public void stop() {
		ScheduledExecutorService executor = this.executor;
		if (executor != null) {
			this.executor = null;
			BackgroundThreads.stop(executor);
			if (this.runAtStop) {
				run();
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
