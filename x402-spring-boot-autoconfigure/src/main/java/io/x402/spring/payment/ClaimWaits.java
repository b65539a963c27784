/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

/**
 * Repetitions that wait for the request that works on their claim. All that wait for the
 * same claim share one look at the store, which comes less and less often, and at once
 * when that request ends on this instance. Only so many threads wait, so that other
 * requests find one.
 */
final class ClaimWaits {

	private static final long FIRST_PAUSE = 25;

	private static final long LONGEST_PAUSE = 500;

	private final PaymentStore store;

	private final int perClaim;

	private final Semaphore all;

	private final ConcurrentMap<AuthorizationKey, Waiters> waiting = new ConcurrentHashMap<>();

	ClaimWaits(PaymentStore store, int perClaim, int all) {
		this.store = store;
		this.perClaim = perClaim;
		this.all = new Semaphore(all);
	}

	/**
	 * Wait until a claim has changed.
	 * @param seen the claim as the caller knows it
	 * @param longest the longest time to wait
	 * @return the claim as it is then, unchanged if it has not changed in time or if too
	 * many wait already; {@code null} if it is gone
	 */
	@Nullable Claim await(Claim seen, Duration longest) {
		if (longest.isZero() || longest.isNegative() || !this.all.tryAcquire()) {
			return seen;
		}
		try {
			Waiters waiters = join(seen.key());
			if (waiters == null) {
				return seen;
			}
			try {
				return waiters.await(seen, System.nanoTime() + longest.toNanos());
			}
			finally {
				leave(seen.key());
			}
		}
		finally {
			this.all.release();
		}
	}

	private @Nullable Waiters join(AuthorizationKey key) {
		Waiters waiters = this.waiting.compute(key, (same, known) -> {
			Waiters joined = (known != null) ? known : new Waiters(key);
			joined.count++;
			return joined;
		});
		if (waiters.count > this.perClaim) {
			leave(key);
			return null;
		}
		return waiters;
	}

	private void leave(AuthorizationKey key) {
		this.waiting.computeIfPresent(key, (same, known) -> (--known.count == 0) ? null : known);
	}

	/**
	 * The request that worked on a claim has ended here.
	 */
	void ended(AuthorizationKey key) {
		Waiters waiters = this.waiting.get(key);
		if (waiters != null) {
			waiters.ended();
		}
	}

	/**
	 * Those who wait for one claim. One of them looks, the others are told.
	 */
	private final class Waiters {

		private final AuthorizationKey key;

		/** Changed within the map only. */
		private volatile int count;

		private boolean looking;

		private boolean due;

		private int looks;

		private long pause = FIRST_PAUSE;

		private @Nullable Claim latest;

		Waiters(AuthorizationKey key) {
			this.key = key;
		}

		@Nullable Claim await(Claim seen, long deadline) {
			int known = looks();
			if (isOutdated(seen)) {
				return latest();
			}
			while (true) {
				long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
				if (left <= 0) {
					return seen;
				}
				boolean looks = isNext(left, known);
				if (Thread.currentThread().isInterrupted()) {
					return seen;
				}
				if (looks) {
					look();
				}
				synchronized (this) {
					if (this.looks != known && hasChanged(seen, this.latest)) {
						return this.latest;
					}
					known = this.looks;
				}
			}
		}

		private synchronized int looks() {
			return this.looks;
		}

		private synchronized @Nullable Claim latest() {
			return this.latest;
		}

		/**
		 * Return whether another one has seen a later state of the same claim already.
		 */
		private synchronized boolean isOutdated(Claim seen) {
			return this.latest != null && this.latest.owner().equals(seen.owner())
					&& this.latest.version() > seen.version();
		}

		/**
		 * Wait for the next look, and take it unless another one does.
		 */
		private synchronized boolean isNext(long left, int known) {
			if (this.looking) {
				if (this.looks == known) {
					pause(left);
				}
				return false;
			}
			this.looking = true;
			if (!this.due && !pause(Math.min(this.pause, left))) {
				this.looking = false;
				notifyAll();
				return false;
			}
			this.due = false;
			this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
			return true;
		}

		/**
		 * Return whether this thread was not interrupted.
		 */
		private boolean pause(long millis) {
			try {
				wait(millis);
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

		private void look() {
			@Nullable Claim found = null;
			boolean done = false;
			try {
				found = ClaimWaits.this.store.find(this.key);
				done = true;
			}
			finally {
				synchronized (this) {
					this.looking = false;
					if (done) {
						this.latest = found;
						this.looks++;
					}
					notifyAll();
				}
			}
		}

		synchronized void ended() {
			this.due = true;
			notifyAll();
		}

		private static boolean hasChanged(Claim seen, @Nullable Claim latest) {
			return latest == null || latest.version() != seen.version() || !latest.owner().equals(seen.owner())
					|| latest.state() != seen.state() || latest.active() != seen.active();
		}

	}

}
