/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;

/**
 * Holds an active claim for one request. Each step is fenced by the version that the
 * handle knows, and the handle is closed by the step after which no request works on the
 * claim, or by {@link #close}, whatever comes first. A closed handle never makes a claim
 * active again. A handle that has lost its claim stays open as long as its request runs.
 * Safe for concurrent use.
 */
final class ClaimHandle {

	private final PaymentStore store;

	private final Consumer<ClaimHandle> listener;

	/** Held while a step is taken, which a virtual thread may do without its carrier. */
	private final ReentrantLock lock = new ReentrantLock();

	private volatile Claim claim;

	private volatile boolean closed;

	private volatile boolean lost;

	/**
	 * Create an open handle.
	 * @param store where the claim is
	 * @param listener is told once that this handle is closed
	 * @param claim the claim
	 */
	ClaimHandle(PaymentStore store, Consumer<ClaimHandle> listener, Claim claim) {
		this.store = store;
		this.listener = listener;
		this.claim = claim;
	}

	/**
	 * Return the latest version that this handle knows.
	 */
	Claim claim() {
		return this.claim;
	}

	boolean isOpen() {
		return !this.closed;
	}

	/**
	 * Return whether the lease of the claim is to be renewed.
	 */
	boolean isRenewable() {
		return !this.closed && !this.lost;
	}

	/**
	 * Take a step.
	 * @throws StaleClaimException if the claim is lost
	 * @throws PaymentStoreException if it is not known whether the step was taken
	 */
	void advance(ClaimChange change) {
		locked(() -> {
			if (this.lost || (this.closed && change.active())) {
				throw new StaleClaimException();
			}
			try {
				follow(this.store.advance(this.claim, change), true);
			}
			catch (StaleClaimException ex) {
				lose(this.claim);
				throw ex;
			}
		});
	}

	/**
	 * Follow a step that was recorded for this handle.
	 * @param next the claim after it
	 * @param own whether the step was this request's own, which then holds the claim even
	 * if an earlier version of it seemed to be lost
	 */
	void follow(Claim next, boolean own) {
		locked(() -> {
			this.claim = next;
			this.lost &= !own;
			if (!next.active()) {
				close();
			}
		});
	}

	/**
	 * Learn that a version of the claim is not this handle's any more. The request goes
	 * on until it ends, and takes no step of the claim.
	 * @param version the version that is not active in the store
	 */
	void lose(Claim version) {
		locked(() -> {
			if (this.claim == version) {
				this.lost = true;
			}
		});
	}

	/**
	 * Stop holding the claim. A claim that is still active then becomes inactive when its
	 * lease is over. Does nothing when it is called again.
	 */
	void close() {
		locked(() -> {
			if (!this.closed) {
				this.closed = true;
				this.listener.accept(this);
			}
		});
	}

	private void locked(Runnable step) {
		this.lock.lock();
		try {
			step.run();
		}
		finally {
			this.lock.unlock();
		}
	}

}
