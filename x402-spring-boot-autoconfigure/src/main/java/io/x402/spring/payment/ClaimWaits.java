/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Repetitions that wait for the request that works on their claim. All that wait for the
 * same claim share one look at the store, which comes less and less often, and at once
 * when that request ends on this instance. Only so many threads wait, so that other
 * requests find one.
 */
final class ClaimWaits {

	private static final Duration FIRST_PAUSE = Duration.ofMillis(25);

	private static final long LONGEST_PAUSE = 500;

	private final PaymentStore store;

	private final int perClaim;

	private final Semaphore all;

	private final long firstPause;

	private final ConcurrentMap<AuthorizationKey, Waiters> waiting = new ConcurrentHashMap<>();

	ClaimWaits(PaymentStore store, int perClaim, int all) {
		this(store, perClaim, all, FIRST_PAUSE);
	}

	/**
	 * Create waits.
	 * @param firstPause time until the first look at the store
	 */
	ClaimWaits(PaymentStore store, int perClaim, int all, Duration firstPause) {
		this.store = store;
		this.perClaim = perClaim;
		this.all = new Semaphore(all);
		this.firstPause = firstPause.toMillis();
	}

	/**
	 * Wait until a claim has changed, or the request that works on it has ended.
	 * @param seen the claim as the caller knows it
	 * @param ended whether a request of this instance, which worked on the claim when the
	 * caller decided to wait, has ended since: what it recorded may be known already, and
	 * nothing changes any more then
	 * @param longest the longest time to wait
	 * @return what the wait has ended with; in vain if neither has happened in time, or
	 * if too many wait already
	 */
	Awaited await(Claim seen, BooleanSupplier ended, Duration longest) {
		if (longest.isZero() || longest.isNegative() || !this.all.tryAcquire()) {
			return Awaited.inVain(seen);
		}
		try {
			Waiters waiters = join(seen.key());
			if (waiters == null) {
				return Awaited.inVain(seen);
			}
			try {
				return waiters.await(seen, ended, Deadline.in(longest));
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
	 * What a wait has ended with.
	 *
	 * @param claim the claim as it is then, {@code null} if it is gone
	 * @param inVain whether there is no reason to decide again
	 */
	record Awaited(@Nullable Claim claim, boolean inVain) {

		static Awaited inVain(Claim seen) {
			return new Awaited(seen, true);
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

		private long pause = ClaimWaits.this.firstPause;

		private @Nullable Claim latest;

		Waiters(AuthorizationKey key) {
			this.key = key;
		}

		Awaited await(Claim seen, BooleanSupplier ended, Deadline deadline) {
			int known = looks();
			if (isOutdated(seen)) {
				return new Awaited(latest(), false);
			}
			while (!ended.getAsBoolean()) {
				long left = deadline.remaining().toMillis();
				if (left <= 0) {
					return Awaited.inVain(seen);
				}
				boolean looks = isNext(left, known);
				if (Thread.currentThread().isInterrupted()) {
					return Awaited.inVain(seen);
				}
				if (looks) {
					look();
				}
				synchronized (this) {
					if (this.looks != known && hasChanged(seen, this.latest)) {
						return new Awaited(this.latest, false);
					}
					known = this.looks;
				}
			}
			return new Awaited(seen, false);
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
