package io.x402.spring.payment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.StaleClaimException;

/**
 * The open handles of one engine. Leases are renewed for these alone. A handle whose
 * request was dropped without an end is not renewed either, because it is held weakly
 * here.
 */
final class ClaimHandles {

	private final PaymentStore store;

	private final Consumer<AuthorizationKey> listener;

	private final Set<ClaimHandle> open = Collections.newSetFromMap(new WeakHashMap<>());

	/**
	 * Create a registry.
	 * @param store where the claims are
	 * @param listener is told which claim is not held any more
	 */
	ClaimHandles(PaymentStore store, Consumer<AuthorizationKey> listener) {
		this.store = store;
		this.listener = listener;
	}

	PaymentStore store() {
		return this.store;
	}

	/**
	 * Hold a claim.
	 * @param claim a claim that this request has just made active
	 * @return its handle
	 */
	ClaimHandle hold(Claim claim) {
		ClaimHandle handle = new ClaimHandle(this, claim);
		synchronized (this.open) {
			this.open.add(handle);
		}
		return handle;
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

	void closed(ClaimHandle handle) {
		synchronized (this.open) {
			this.open.remove(handle);
		}
		this.listener.accept(handle.claim().key());
	}

	/**
	 * Return how many requests hold a claim.
	 */
	int size() {
		synchronized (this.open) {
			return this.open.size();
		}
	}

	/**
	 * Renew the leases of all claims that requests are working on, and let those handles
	 * know that have lost theirs.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void renew() {
		Map<Claim, ClaimHandle> held = new IdentityHashMap<>();
		for (ClaimHandle handle : handles()) {
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

	private List<ClaimHandle> handles() {
		synchronized (this.open) {
			return new ArrayList<>(this.open);
		}
	}

}
