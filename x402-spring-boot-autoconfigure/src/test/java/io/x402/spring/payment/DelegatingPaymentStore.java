/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.UnsettledClaim;
import org.jspecify.annotations.Nullable;

/**
 * A store that does what another one does, for tests that change one thing about it.
 */
public class DelegatingPaymentStore implements PaymentStore {

	private final PaymentStore store;

	protected DelegatingPaymentStore(PaymentStore store) {
		this.store = store;
	}

	@Override
	public @Nullable Claim claim(NewClaim claim) {
		return this.store.claim(claim);
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		return this.store.find(key);
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		return this.store.advance(claim, change);
	}

	@Override
	public void release(Claim claim, String reason) {
		this.store.release(claim, reason);
	}

	@Override
	public ResponseRecord response(Claim claim) {
		return this.store.response(claim);
	}

	@Override
	public void redelivered(Claim claim) {
		this.store.redelivered(claim);
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		return this.store.takeUnsettled(limit, hold);
	}

	@Override
	public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
		return this.store.takeUnsettled(sale, hold);
	}

	@Override
	public Map<String, Instant> nextLooks(Collection<String> sales) {
		return this.store.nextLooks(sales);
	}

	@Override
	public Collection<Claim> renew(Collection<Claim> claims) {
		return this.store.renew(claims);
	}

	@Override
	public Duration lease() {
		return this.store.lease();
	}

	@Override
	public void maintain() {
		this.store.maintain();
	}

}
