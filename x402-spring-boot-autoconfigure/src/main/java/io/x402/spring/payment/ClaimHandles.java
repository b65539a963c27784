/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.lang.ref.WeakReference;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;

/**
 * The open handles of one engine, at most one for an authorization. Leases are renewed
 * for these alone. A handle whose request was dropped without an end is not renewed
 * either, because it is held weakly here.
 */
final class ClaimHandles {

	private final PaymentStore store;

	private final Consumer<AuthorizationKey> listener;

	private final ConcurrentMap<AuthorizationKey, WeakReference<ClaimHandle>> open = new ConcurrentHashMap<>();

	/**
	 * Create a registry.
	 * @param store where the claims are
	 * @param listener is told which claim is not held any more
	 */
	ClaimHandles(PaymentStore store, Consumer<AuthorizationKey> listener) {
		this.store = store;
		this.listener = listener;
	}

	/**
	 * Hold a claim.
	 * @param claim a claim that this request has just made active
	 * @return its handle
	 */
	ClaimHandle hold(Claim claim) {
		ClaimHandle handle = new ClaimHandle(this.store, this::closed, claim);
		this.open.put(claim.key(), new WeakReference<>(handle));
		return handle;
	}

	/**
	 * Hold a claim that has ended, of which no lease is to be renewed.
	 * @param claim a claim that is not active
	 * @return its handle
	 */
	ClaimHandle ended(Claim claim) {
		return new ClaimHandle(this.store, this::closed, claim);
	}

	/**
	 * Begin to work on a claim that no request works on.
	 * @param claim the version the caller knows
	 * @param change a step that makes it active
	 * @return its handle
	 * @throws StaleClaimException if another request was faster
	 */
	ClaimHandle take(Claim claim, ClaimChange change) {
		return hold(this.store.advance(claim, change));
	}

	private void closed(ClaimHandle handle) {
		this.open.computeIfPresent(handle.claim().key(), (key, open) -> (open.get() == handle) ? null : open);
		this.listener.accept(handle.claim().key());
	}

	/**
	 * Return whether a request of this instance works on an authorization, even if it has
	 * lost its claim meanwhile.
	 */
	boolean isOpen(AuthorizationKey key) {
		WeakReference<ClaimHandle> open = this.open.get(key);
		return open != null && open.get() != null;
	}

	/**
	 * Return how many requests hold a claim.
	 */
	int size() {
		return renewable().size();
	}

	/**
	 * Renew the leases of all claims that requests are working on, and let those handles
	 * know that have lost theirs.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void renew() {
		this.open.values().removeIf((handle) -> handle.get() == null);
		Map<Claim, ClaimHandle> held = new IdentityHashMap<>();
		for (ClaimHandle handle : renewable()) {
			held.put(handle.claim(), handle);
		}
		if (!held.isEmpty()) {
			for (Claim lost : this.store.renew(List.copyOf(held.keySet()))) {
				ClaimHandle handle = held.get(lost);
				if (handle != null) {
					handle.lose(lost);
				}
			}
		}
	}

	private List<ClaimHandle> renewable() {
		return this.open.values()
			.stream()
			.map(WeakReference::get)
			.filter((handle) -> handle != null && handle.isRenewable())
			.map(Objects::requireNonNull)
			.toList();
	}

}
