/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the threads that work at one response take turns. A turn that settles may take
 * long, and the end of the request does not wait for it.
 */
final class ResponseTurns {

	private final ReentrantLock lock = new ReentrantLock();

	private volatile boolean settling;

	/**
	 * Take a turn, whichever thread takes it.
	 */
	void take(Turn turn) throws IOException {
		this.lock.lock();
		try {
			turn.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Take a turn that may wait for the facilitator. Everything else that happens to the
	 * response meanwhile waits for it, or, if it is the end of the request, passes it by.
	 */
	void settle(Turn turn) throws IOException {
		take(() -> {
			try {
				this.settling = true;
				turn.run();
			}
			finally {
				this.settling = false;
			}
		});
	}

	/**
	 * The turn that settles knows the outcome and does not wait for the facilitator any
	 * more, so that others wait for its end as for that of any other.
	 */
	void decided() {
		this.settling = false;
	}

	/**
	 * Wait until no other thread has a turn, unless it waits for the facilitator.
	 */
	void await() {
		changeUnlessSettling(() -> {
		});
	}

	/**
	 * Take a turn that does not write.
	 */
	void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Take a turn after those of other threads, unless one of them settles.
	 * @return whether the turn was taken
	 */
	boolean changeUnlessSettling(Runnable change) {
		if (!lockUnlessSettling()) {
			return false;
		}
		try {
			change.run();
		}
		finally {
			this.lock.unlock();
		}
		return true;
	}

	/**
	 * Take a turn if no other thread has one.
	 */
	void changeIfIdle(Runnable change) {
		if (this.lock.tryLock()) {
			try {
				change.run();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private boolean lockUnlessSettling() {
		try {
			while (!this.settling || this.lock.isHeldByCurrentThread()) {
				if (this.lock.tryLock(100, TimeUnit.MILLISECONDS)) {
					return true;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	/**
	 * A change of the response that may write.
	 */
	interface Turn {

		void run() throws IOException;

	}

}
