package io.x402.spring.payment;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that remembers what happened to it and can break at a given state.
 */
final class StoreDouble implements PaymentStore {

	private final InMemoryPaymentStore store = Payments.store();

	private final List<String> history = new CopyOnWriteArrayList<>();

	private @Nullable ClaimState broken;

	StoreDouble breakingAt(ClaimState state) {
		this.broken = state;
		return this;
	}

	List<String> history() {
		return this.history;
	}

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		check(ClaimState.CLAIMED);
		return this.store.claim(key, fingerprint, expiresAt);
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return this.store.find(key);
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		check(next);
		return this.store.advance(claim, next, receipt);
	}

	@Override
	public void release(Claim claim) {
		this.history.add("released");
		this.store.release(claim);
	}

	private void check(ClaimState next) {
		this.history.add(next.name());
		if (next == this.broken) {
			throw new PaymentStoreException("Out of reach");
		}
	}

}
