package io.x402.spring.benchmark;

import java.time.Clock;
import java.time.Instant;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.InMemoryPaymentStore;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * The store in memory, except that it forgets what is settled, so that a benchmark can
 * pay with one payment again and again.
 */
final class ForgetfulStore implements PaymentStore {

	private final PaymentStore store = new InMemoryPaymentStore(Integer.MAX_VALUE, Clock.systemUTC());

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		return this.store.claim(key, fingerprint, expiresAt);
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return this.store.find(key);
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		Claim advanced = this.store.advance(claim, next, null);
		if (next == ClaimState.SETTLED) {
			this.store.release(advanced);
		}
		return advanced;
	}

	@Override
	public void release(Claim claim) {
		this.store.release(claim);
	}

}
