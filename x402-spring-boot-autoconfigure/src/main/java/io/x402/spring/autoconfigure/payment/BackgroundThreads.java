/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Daemon threads for background work.
 */
final class BackgroundThreads {

	private static final int STOP_SECONDS = 10;

	private BackgroundThreads() {
	}

	static ThreadFactory named(String name) {
		return (task) -> {
			Thread thread = new Thread(task, "x402-" + name);
			thread.setDaemon(true);
			return thread;
		};
	}

	/**
	 * Waits for running work without interrupting it, because some drivers close a
	 * database when they are interrupted.
	 */
	static void stop(ExecutorService executor) {
		executor.shutdown();
		try {
			executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
