/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.UnsettledClaim;
import org.jspecify.annotations.Nullable;

/**
 * A store as one process sees it. The process may die or lose the connection at any step,
 * and takes no step after its death. Others may go on between any two steps.
 */
final class MortalStore extends DelegatingPaymentStore {

	private final World world;

	private boolean dead;

	private boolean out;

	MortalStore(PaymentStore store, World world) {
		super(store);
		this.world = world;
	}

	void kill() {
		this.dead = true;
	}

	boolean isDead() {
		return this.dead;
	}

	void setOut(boolean out) {
		this.out = out;
	}

	boolean isOut() {
		return this.out;
	}

	private <T extends @Nullable Object> T step(Supplier<T> step) {
		Strand.pause();
		Thread.interrupted();
		if (this.dead) {
			throw new Died();
		}
		Work work = Work.current();
		Fault fault = work.fault;
		boolean now = fault != null && fault.happensAt(work.steps++);
		work.hurt |= now || this.out;
		if (this.out) {
			throw outOfReach();
		}
		if (!now) {
			return step.get();
		}
		this.dead = fault.isDeath();
		if (fault.isLate()) {
			this.world.later(step::get);
		}
		if (!fault.happensBefore()) {
			step.get();
		}
		if (fault.isDeath()) {
			throw new Died();
		}
		throw outOfReach();
	}

	/**
	 * An interrupted thread does not sleep between its attempts.
	 */
	private static PaymentStoreException outOfReach() {
		Thread.currentThread().interrupt();
		return new PaymentStoreException("Out of reach");
	}

	private void run(Runnable step) {
		this.<@Nullable Object>step(() -> {
			step.run();
			return null;
		});
	}

	@Override
	public @Nullable Claim claim(NewClaim claim) {
		return this.<@Nullable Claim>step(() -> super.claim(claim));
	}

	@Override
	public @Nullable Claim find(AuthorizationKey key) {
		return this.<@Nullable Claim>step(() -> super.find(key));
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		return step(() -> {
			Claim advanced = checked(() -> super.advance(claim, change), () -> claim + " " + change);
			this.world.advanced(advanced, change);
			return advanced;
		});
	}

	@Override
	public void release(Claim claim, String reason) {
		run(() -> {
			checked(() -> {
				super.release(claim, reason);
				return claim;
			}, () -> claim + " release");
		});
	}

	/**
	 * The engine takes no step that is not defined.
	 */
	private <T> T checked(Supplier<T> step, Supplier<String> what) {
		try {
			return step.get();
		}
		catch (IllegalStateException ex) {
			this.world.failed(new AssertionError("Undefined step: " + what.get(), ex));
			throw ex;
		}
	}

	@Override
	public ResponseRecord response(Claim claim) {
		return step(() -> super.response(claim));
	}

	@Override
	public void redelivered(Claim claim) {
		run(() -> super.redelivered(claim));
	}

	@Override
	public Collection<Claim> renew(Collection<Claim> claims) {
		return step(() -> super.renew(claims));
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		return step(() -> super.takeUnsettled(limit, hold));
	}

	@Override
	public @Nullable UnsettledClaim takeUnsettled(String sale, Duration hold) {
		return this.<@Nullable UnsettledClaim>step(() -> super.takeUnsettled(sale, hold));
	}

}
