/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that remembers what happened to it and can break at a given state.
 */
final class StoreDouble extends DelegatingPaymentStore {

	private final List<String> history = new CopyOnWriteArrayList<>();

	private volatile @Nullable ClaimState broken;

	private volatile @Nullable ClaimState deaf;

	StoreDouble() {
		super(Payments.store());
	}

	StoreDouble breakingAt(ClaimState state) {
		this.broken = state;
		return this;
	}

	/**
	 * Break once at a state, after the step has happened.
	 */
	StoreDouble losingAnswersAt(ClaimState state) {
		this.deaf = state;
		return this;
	}

	void repair() {
		this.broken = null;
	}

	List<String> history() {
		return this.history;
	}

	@Override
	public @Nullable Claim claim(NewClaim claim) {
		check(ClaimState.CLAIMED);
		return super.claim(claim);
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		check(change.next());
		Claim advanced = super.advance(claim, change);
		if (change.next() == this.deaf) {
			this.deaf = null;
			throw new PaymentStoreException("Answer lost");
		}
		return advanced;
	}

	@Override
	public void release(Claim claim, String reason) {
		this.history.add("released");
		super.release(claim, reason);
	}

	@Override
	public void redelivered(Claim claim) {
		this.history.add("redelivered");
		super.redelivered(claim);
	}

	private void check(ClaimState next) {
		this.history.add(next.name());
		if (next == this.broken) {
			throw new PaymentStoreException("Out of reach");
		}
	}

}
