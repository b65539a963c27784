/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A thread that runs from one of its pauses to the next when it is told to, so that
 * threads that overlap are interleaved in an order that a test chooses.
 */
final class Strand {

	private static final ExecutorService THREADS = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "strand");
		thread.setDaemon(true);
		return thread;
	});

	private static final ThreadLocal<@Nullable Strand> CURRENT = new ThreadLocal<>();

	/** Number of milliseconds a thread waits for a lock before it counts as blocked. */
	private static final int BLOCKED_AFTER = 5;

	private final Semaphore turn = new Semaphore(0);

	private final Semaphore pauses = new Semaphore(0);

	private volatile @Nullable Thread thread;

	private volatile boolean ended;

	private volatile @Nullable Throwable failure;

	private boolean blocked;

	/**
	 * Create a strand that has not begun yet.
	 */
	static Strand of(Runnable work) {
		Strand strand = new Strand();
		THREADS.execute(() -> strand.run(work));
		return strand;
	}

	private void run(Runnable work) {
		this.turn.acquireUninterruptibly();
		this.thread = Thread.currentThread();
		CURRENT.set(this);
		try {
			work.run();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
		finally {
			CURRENT.remove();
			Thread.interrupted();
			this.ended = true;
			this.pauses.release();
		}
	}

	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Return whether it waits for a lock.
	 */
	boolean isBlocked() {
		return this.blocked;
	}

	/**
	 * Let it run to its next pause, to its end, or to a lock that another strand holds.
	 */
	void resume() {
		if (this.ended) {
			return;
		}
		if (!this.blocked) {
			this.turn.release();
		}
		this.blocked = !paused();
		if (this.failure != null) {
			throw new AssertionError("A strand failed: " + this.failure, this.failure);
		}
	}

	private boolean paused() {
		int waits = 0;
		while (waits < BLOCKED_AFTER) {
			try {
				if (this.pauses.tryAcquire(1, TimeUnit.MILLISECONDS)) {
					return true;
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			waits = isWaiting() ? waits + 1 : 0;
		}
		return false;
	}

	private boolean isWaiting() {
		Thread running = this.thread;
		return running != null
				&& (running.getState() == Thread.State.BLOCKED || running.getState() == Thread.State.WAITING);
	}

	/**
	 * Let others go on, if this thread is a strand.
	 */
	static void pause() {
		Strand strand = CURRENT.get();
		if (strand != null) {
			strand.pauses.release();
			strand.turn.acquireUninterruptibly();
		}
	}

}
