package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims in the memory of one process. A full store refuses new claims; it never
 * forgets one before its time, because that would let a payment be used twice.
 */
public final class InMemoryPaymentStore implements PaymentStore {

	private final Cache<ClaimKey, Claim> claims;

	private final Cache<Transaction, ClaimKey> transactions;

	private final int capacity;

	private final Clock clock;

	/**
	 * Create a store.
	 * @param capacity how many claims it holds at most
	 * @param clock the time
	 */
	public InMemoryPaymentStore(int capacity, Clock clock) {
		this.capacity = capacity;
		this.clock = clock;
		this.claims = Caffeine.newBuilder()
			.expireAfter(Expiry.creating((ClaimKey key, Claim claim) -> remaining(claim)))
			.build();
		this.transactions = Caffeine.newBuilder()
			.expireAfter(Expiry.creating((Transaction transaction, ClaimKey key) -> remaining(find(key))))
			.build();
	}

	@Override
	public @Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt) {
		if (find(key) != null) {
			return null;
		}
		if (this.claims.estimatedSize() >= this.capacity) {
			this.claims.cleanUp();
			if (this.claims.estimatedSize() >= this.capacity) {
				throw new PaymentStoreException("The in-memory store is full with " + this.capacity + " claims");
			}
		}
		Claim claim = new Claim(key, fingerprint, ClaimState.CLAIMED, UUID.randomUUID().toString(), 0, expiresAt, null);
		return (this.claims.asMap().putIfAbsent(key, claim) == null) ? claim : null;
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		return this.claims.getIfPresent(key);
	}

	@Override
	public Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt) {
		Claim advanced = claim.advance(next, receipt);
		if (next == ClaimState.SETTLED && receipt != null && receipt.transaction() != null) {
			ClaimKey settled = this.transactions.asMap()
				.putIfAbsent(new Transaction(claim.key().network(), receipt.transaction()), claim.key());
			if (settled != null && !settled.equals(claim.key())) {
				throw new DuplicateTransactionException();
			}
		}
		if (!this.claims.asMap().replace(claim.key(), claim, advanced)) {
			throw new PaymentStoreException("The claim was changed by somebody else");
		}
		return advanced;
	}

	@Override
	public void release(Claim claim) {
		this.claims.asMap().remove(claim.key(), claim);
	}

	private Duration remaining(@Nullable Claim claim) {
		Duration remaining = (claim != null) ? Duration.between(this.clock.instant(), claim.expiresAt())
				: Duration.ZERO;
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

	private record Transaction(String network, String hash) {

	}

}
