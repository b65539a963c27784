/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.AuthorizationKey;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which authorization is used for which request, the response to it and what
 * became of the money. Every method is one short atomic step; none waits for another
 * request, and none holds anything once it has returned.
 * <p>
 * A step that changes a claim with a {@link Sale} and names a {@link LedgerEvent} also
 * writes an entry of the ledger, both or none.
 *
 * @since 0.1.0
 */
public interface PaymentStore {

	/**
	 * Bind an authorization to a request if no one has done so yet, or if whoever did is
	 * gone and had not begun to settle. Writes nothing into the ledger.
	 * @param claim what to claim
	 * @return the new claim in state {@link ClaimState#CLAIMED}, or {@code null} if the
	 * authorization is claimed already
	 * @throws PaymentStoreException if the store is full or out of reach
	 */
	@Nullable Claim claim(NewClaim claim);

	/**
	 * Find a claim. One in state {@link ClaimState#SETTLING} whose owner is gone is
	 * {@link ClaimState#PENDING}.
	 * @param key identity of the authorization
	 * @return its current version, or {@code null}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	@Nullable Claim find(AuthorizationKey key);

	/**
	 * Change a claim if it is still at the given version. Its end may change with it
	 * ({@link ClaimChange#applyTo(Claim)}). What backs a settled claim
	 * ({@link ClaimChange#backing()}) backs no other one, and a transaction with proved
	 * transfers backs none by its name alone.
	 * @param claim the version the caller knows
	 * @param change the step
	 * @return the new version
	 * @throws DuplicateTransactionException if the receipt's transaction, or the transfer
	 * in it that is proved, settled another claim
	 * @throws StaleClaimException if the claim changed meanwhile
	 * @throws PaymentStoreException if the store is out of reach
	 */
	Claim advance(Claim claim, ClaimChange change);

	/**
	 * Forget a claim that nothing was charged for, if it is still at the given version.
	 * Ledger {@link LedgerEvent#RELEASED} if it was and had been verified.
	 * @param claim the version the caller knows
	 * @param reason reason code for the ledger
	 * @throws IllegalStateException if a claim in this state cannot be forgotten
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void release(Claim claim, String reason);

	/**
	 * Return the response to the request of a claim.
	 * @param claim the claim
	 * @return the response as it was recorded, {@link ResponseRecord.None} if there is
	 * none or its time is over
	 * @throws PaymentStoreException if the store is out of reach
	 */
	ResponseRecord response(Claim claim);

	/**
	 * Record that the stored response of a settled claim is delivered again.
	 * @param claim the claim
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void redelivered(Claim claim);

	/**
	 * Take claims whose outcome is unknown and that are due to be asked about, the most
	 * overdue first. No one else gets them for some time, and whoever worked on them has
	 * lost them. Each counts one more attempt.
	 * @param limit most claims to take
	 * @param hold how long no one else gets them
	 * @return the claims in state {@link ClaimState#PENDING}
	 * @throws PaymentStoreException if the store is out of reach
	 */
	List<UnsettledClaim> takeUnsettled(int limit, Duration hold);

	/**
	 * Take the claim of one sale whose outcome is unknown, whether it is due or not. As
	 * with {@link #takeUnsettled(int, Duration)}, no one else gets it for some time,
	 * whoever worked on it has lost it, and it counts one more attempt.
	 * @param sale correlation id of the sale
	 * @param hold how long no one else gets it
	 * @return the claim in state {@link ClaimState#PENDING}, or {@code null} if the sale
	 * has none: its outcome is known, a request is settling it, or it was forgotten
	 * @throws PaymentStoreException if the store is out of reach
	 * @since 0.2.0
	 */
	@Nullable UnsettledClaim takeUnsettled(String sale, Duration hold);

	/**
	 * Return when the outcomes of sales are asked about next. A store that does not
	 * implement this method does not know.
	 * @param sales correlation ids of the sales
	 * @return the times of those sales that a claim of unknown outcome belongs to
	 * @throws PaymentStoreException if the store is out of reach
	 * @since 0.2.0
	 */
	default Map<String, Instant> nextLooks(Collection<String> sales) {
		return Map.of();
	}

	/**
	 * Extend the leases of claims that requests are working on, in one step however many
	 * they are. Called regularly, at least three times within a lease.
	 * @param claims the claims, at the versions that their holders know
	 * @return those that are not active at that version any more, so that their holders
	 * have lost them
	 * @throws PaymentStoreException if the store is out of reach
	 */
	Collection<Claim> renew(Collection<Claim> claims);

	/**
	 * Return the lease: how long a claim stays active without a renewal.
	 * @return the time
	 */
	Duration lease();

	/**
	 * Forget what has expired. Called regularly.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	default void maintain() {
	}

}
