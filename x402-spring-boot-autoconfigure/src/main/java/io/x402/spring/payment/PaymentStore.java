package io.x402.spring.payment;

import java.time.Instant;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which authorization is used for which request. Every method is one short
 * atomic step; none waits for another request.
 */
public interface PaymentStore {

	/**
	 * Bind an authorization to a request if nobody has done so yet, or if whoever did is
	 * gone and had not begun to settle.
	 * @param key identity of the authorization
	 * @param fingerprint fingerprint of the request
	 * @param expiresAt when the claim may be forgotten
	 * @return the new claim in state {@link ClaimState#CLAIMED}, or {@code null} if the
	 * authorization is claimed already
	 * @throws PaymentStoreException if the store is full or out of reach
	 */
	@Nullable Claim claim(ClaimKey key, String fingerprint, Instant expiresAt);

	/**
	 * Find a claim.
	 * @param key identity of the authorization
	 * @return its current version, or {@code null}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	@Nullable Claim find(ClaimKey key);

	/**
	 * Change the state of a claim if it is still at the given version. A transaction can
	 * settle one claim only.
	 * @param claim the version the caller owns
	 * @param next the next state
	 * @param receipt the receipt to keep, or {@code null}
	 * @return the new version
	 * @throws DuplicateTransactionException if the receipt's transaction settled another
	 * claim
	 * @throws PaymentStoreException if the claim changed meanwhile or the store is out of
	 * reach
	 */
	Claim advance(Claim claim, ClaimState next, @Nullable SettlementResponse receipt);

	/**
	 * Forget a claim that nothing was charged for, if it is still at the given version.
	 * @param claim the version the caller owns
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void release(Claim claim);

	/**
	 * Show that this instance is alive, so that its claims are not taken over, and forget
	 * what has expired. Called regularly, for stores that several instances share.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	default void maintain() {
	}

}
