/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

/**
 * A store that the process may not survive.
 */
final class DeadlyStore extends DelegatingPaymentStore {

	private final Death death;

	DeadlyStore(PaymentStore store, Death death) {
		super(store);
		this.death = death;
	}

	@Override
	public @Nullable Claim claim(NewClaim claim) {
		this.death.at(Moment.BEFORE_CLAIM);
		Claim claimed = super.claim(claim);
		this.death.at(Moment.AFTER_CLAIM);
		return claimed;
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		reach("BEFORE_", change.next());
		Claim advanced = super.advance(claim, change);
		reach("AFTER_", change.next());
		return advanced;
	}

	private void reach(String side, ClaimState next) {
		if (next == ClaimState.VERIFIED || next == ClaimState.SETTLING || next == ClaimState.SETTLED) {
			this.death.at(Moment.valueOf(side + next));
		}
	}

}
