package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimChange;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.payment.NewClaim;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.UnsettledClaim;
import org.jspecify.annotations.Nullable;

/**
 * A store as one process sees it. The process may die or lose the connection at any step,
 * and takes no step after its death.
 */
final class MortalStore extends DelegatingPaymentStore {

	private @Nullable Fault fault;

	private int steps;

	private boolean dead;

	MortalStore(PaymentStore store) {
		super(store);
	}

	void arm(@Nullable Fault fault) {
		this.fault = fault;
		this.steps = 0;
	}

	void kill() {
		this.dead = true;
	}

	boolean isDead() {
		return this.dead;
	}

	/**
	 * Whether something has gone wrong since a fault was armed.
	 */
	boolean isHurt() {
		return this.fault != null && this.steps > this.fault.step();
	}

	private <T extends @Nullable Object> T step(Supplier<T> step) {
		if (this.dead) {
			throw new Died();
		}
		Fault now = (this.fault != null && this.fault.step() == this.steps++) ? this.fault : null;
		if (now != null) {
			this.dead = now.isDeath();
			if (now.happensBefore()) {
				throw now.failure();
			}
		}
		T result = step.get();
		if (now != null) {
			throw now.failure();
		}
		return result;
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
	public @Nullable Claim find(ClaimKey key) {
		return this.<@Nullable Claim>step(() -> super.find(key));
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		return step(() -> super.advance(claim, change));
	}

	@Override
	public void release(Claim claim, String reason) {
		run(() -> super.release(claim, reason));
	}

	@Override
	public byte @Nullable [] answer(Claim claim) {
		return this.<byte @Nullable []>step(() -> super.answer(claim));
	}

	@Override
	public void redelivered(Claim claim) {
		run(() -> super.redelivered(claim));
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		return step(() -> super.takeUnsettled(limit, hold));
	}

}
