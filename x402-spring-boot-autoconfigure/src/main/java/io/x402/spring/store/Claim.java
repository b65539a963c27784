/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * An authorization that is bound to one request. Immutable; each change makes a new
 * version.
 *
 * @param key identity of the authorization
 * @param fingerprint fingerprint of the request it is bound to
 * @param payload digest of the payment that made the claim
 * @param purchase what the books are told, or {@code null} for a claim that is not about
 * money
 * @param state current state
 * @param owner tells this claim from others of the same key before and after it
 * @param version increases by one with each change, fences off those who lost the claim
 * @param expiresAt when the claim may be forgotten
 * @param holder whether a request is working on it
 * @param attempts how often its settlement was asked for again or, once settled, its
 * handler was run again
 * @param runs number of times the handler ran without a charge
 * @param deliverable whether it is settled and its answer can still be delivered again
 * @param receipt receipt of a settled or declined claim, else {@code null}
 * @since 0.1.0
 */
public record Claim(AuthorizationKey key, String fingerprint, String payload, @Nullable Purchase purchase,
		ClaimState state, String owner, long version, Instant expiresAt, Holder holder, int attempts, int runs,
		boolean deliverable, @Nullable SettlementResponse receipt) {

	/**
	 * Return whether a request is working on this claim and has renewed its lease.
	 * @return {@code true} if nobody else may work on it
	 */
	public boolean active() {
		return this.holder == Holder.PRESENT;
	}

	/**
	 * Return the next version of this claim.
	 * @param change what changes
	 * @return the changed claim
	 * @throws IllegalStateException if a claim in this state has no such step
	 */
	public Claim changed(ClaimChange change) {
		change.step().check(this);
		boolean settled = change.next() == ClaimState.SETTLED;
		return copy(change.next(), this.version + 1, this.expiresAt.minus(change.shortenedBy()),
				change.active() ? Holder.PRESENT : Holder.NONE, attempts(change),
				change.ran() ? this.runs + 1 : this.runs,
				settled && (change.deliverableFor() != null || this.deliverable),
				(change.receipt() != null) ? change.receipt() : this.receipt);
	}

	private int attempts(ClaimChange change) {
		if (change.next() == ClaimState.SETTLED && this.state != ClaimState.SETTLED) {
			return 0;
		}
		return change.again() ? this.attempts + 1 : this.attempts;
	}

	/**
	 * Return the version that a reconciler has taken from whoever worked on it.
	 * @return the next version, in state {@link ClaimState#PENDING} with one more attempt
	 * @throws IllegalStateException if a claim in this state has no such step
	 */
	public Claim taken() {
		ClaimStep.TAKE.check(this);
		return copy(ClaimState.PENDING, this.version + 1, this.expiresAt, Holder.NONE, this.attempts + 1, this.runs,
				false, this.receipt);
	}

	/**
	 * Return whether this claim is free again once its lease is over.
	 * @return {@code true} if its handler never ran and nothing was settled
	 */
	public boolean isFreeOnceLapsed() {
		return (this.state == ClaimState.CLAIMED || this.state == ClaimState.VERIFIED) && this.runs == 0;
	}

	/**
	 * Return whether the ledger has entries about this claim, which it has from
	 * verification on.
	 * @return {@code false} for a claim that may be forgotten without a trace
	 */
	public boolean isBooked() {
		return this.purchase != null && this.state != ClaimState.CLAIMED;
	}

	/**
	 * Return this version as it is seen once its lease is over.
	 * @return this version without a request that works on it, or unchanged if none did
	 */
	public Claim lapsed() {
		if (!active()) {
			return this;
		}
		ClaimState seen = switch (this.state) {
			case SETTLING -> ClaimState.PENDING;
			case CLAIMED, VERIFIED -> (this.runs > 0) ? ClaimState.ABANDONED : this.state;
			default -> this.state;
		};
		return copy(seen, this.version, this.expiresAt, Holder.LAPSED, this.attempts, this.runs, this.deliverable,
				this.receipt);
	}

	/**
	 * Return this version with or without a response that can be delivered again.
	 * @param deliverable whether it can
	 * @return this version otherwise unchanged
	 */
	public Claim deliverable(boolean deliverable) {
		return (deliverable == this.deliverable) ? this : copy(this.state, this.version, this.expiresAt, this.holder,
				this.attempts, this.runs, deliverable, this.receipt);
	}

	/**
	 * Return this version with another end.
	 * @param end when the claim may be forgotten
	 * @return this version otherwise unchanged
	 */
	public Claim expiringAt(Instant end) {
		return copy(this.state, this.version, end, this.holder, this.attempts, this.runs, this.deliverable,
				this.receipt);
	}

	private Claim copy(ClaimState state, long version, Instant expiresAt, Holder holder, int attempts, int runs,
			boolean deliverable, @Nullable SettlementResponse receipt) {
		return new Claim(this.key, this.fingerprint, this.payload, this.purchase, state, this.owner, version, expiresAt,
				holder, attempts, runs, deliverable, receipt);
	}

	/**
	 * Who works on a claim.
	 */
	public enum Holder {

		/** A request works on it and has renewed its lease. */
		PRESENT,

		/**
		 * A request worked on it when its lease ended. It is gone, or could not renew the
		 * lease.
		 */
		LAPSED,

		/** No request works on it. */
		NONE

	}

}
