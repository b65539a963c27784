/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * An authorization that is bound to one request. Immutable; each change makes a new
 * version.
 *
 * @param claimed what was claimed
 * @param owner distinguishes this claim from others of the same key before and after it
 * @param version increases by one with each change, fences off those who lost the claim
 * @param holder whether a request is working on it
 * @param progress what has become of it
 * @since 0.1.0
 */
public record Claim(NewClaim claimed, String owner, long version, Holder holder, Progress progress) {

	/**
	 * How much longer a claim is kept from the moment its settle request leaves, until it
	 * is known whether its money moved: seven days. A facilitator or a node can be down
	 * longer than an authorization lasts, and a buyer who is told meanwhile that nothing
	 * was charged pays twice.
	 * @since 0.2.0
	 */
	public static final Duration KEPT_IN_DOUBT = Duration.ofDays(7);

	/**
	 * Return the first version of a claim.
	 * @param claimed what is claimed
	 * @param owner who claims, different for every claim
	 * @return the claim in state {@link ClaimState#CLAIMED}
	 */
	public static Claim of(NewClaim claimed, String owner) {
		return new Claim(claimed, owner, 0, Holder.PRESENT, new Progress(ClaimState.CLAIMED, 0, 0, false, null));
	}

	/**
	 * Return the identity of the authorization.
	 * @return the key
	 */
	public AuthorizationKey key() {
		return this.claimed.key();
	}

	/**
	 * Return the fingerprint of the request it is bound to.
	 * @return the fingerprint
	 */
	public String fingerprint() {
		return this.claimed.fingerprint();
	}

	/**
	 * Return the digest of the payment that made the claim.
	 * @return the digest
	 */
	public String payload() {
		return this.claimed.payload();
	}

	/**
	 * Return what the ledger records about the sale.
	 * @return the sale, or {@code null} for a claim that is not about money
	 */
	public @Nullable Sale sale() {
		return this.claimed.sale();
	}

	/**
	 * Return when the claim may be forgotten.
	 * @return the time
	 */
	public Instant expiresAt() {
		return this.claimed.expiresAt();
	}

	/**
	 * Return the current state.
	 * @return the state
	 */
	public ClaimState state() {
		return this.progress.state();
	}

	/**
	 * Return the attempts so far.
	 * @return see {@link Progress#attempts()}
	 */
	public int attempts() {
		return this.progress.attempts();
	}

	/**
	 * Return the number of times the handler ran without a charge.
	 * @return the number
	 */
	public int runs() {
		return this.progress.runs();
	}

	/**
	 * Return whether it is settled and its response can still be delivered again.
	 * @return {@code true} if it can
	 */
	public boolean deliverable() {
		return this.progress.deliverable();
	}

	/**
	 * Return the receipt of a settled or declined claim.
	 * @return the receipt, or {@code null}
	 */
	public @Nullable SettlementResponse receipt() {
		return this.progress.receipt();
	}

	/**
	 * Return whether a request is working on this claim and has renewed its lease.
	 * @return {@code true} if no one else may work on it
	 */
	public boolean active() {
		return this.holder == Holder.PRESENT;
	}

	/**
	 * Return whether this claim is free again once its lease is over.
	 * @return {@code true} if its handler never ran and nothing was settled
	 */
	public boolean isFreeOnceLapsed() {
		return (state() == ClaimState.CLAIMED || state() == ClaimState.VERIFIED) && runs() == 0;
	}

	/**
	 * Return whether the ledger has entries about this claim, which it has from
	 * verification on.
	 * @return {@code false} for a claim that may be forgotten without a trace
	 */
	public boolean isBooked() {
		return sale() != null && state() != ClaimState.CLAIMED;
	}

	/**
	 * Return this version as it is seen once its lease is over.
	 * @return this version without a request that works on it, or unchanged if none did
	 */
	public Claim lapsed() {
		if (!active()) {
			return this;
		}
		ClaimState seen = switch (state()) {
			case SETTLING -> ClaimState.PENDING;
			case CLAIMED, VERIFIED -> (runs() > 0) ? ClaimState.ABANDONED : state();
			default -> state();
		};
		return new Claim(this.claimed, this.owner, this.version, Holder.LAPSED,
				new Progress(seen, attempts(), runs(), deliverable(), receipt()));
	}

	/**
	 * Return this version with or without a response that can be delivered again.
	 * @param deliverable whether it can
	 * @return this version otherwise unchanged
	 */
	public Claim deliverable(boolean deliverable) {
		return (deliverable == deliverable()) ? this : new Claim(this.claimed, this.owner, this.version, this.holder,
				new Progress(state(), attempts(), runs(), deliverable, receipt()));
	}

	/**
	 * Return this version with another end.
	 * @param end when the claim may be forgotten
	 * @return this version otherwise unchanged
	 */
	public Claim expiringAt(Instant end) {
		return new Claim(this.claimed.expiringAt(end), this.owner, this.version, this.holder, this.progress);
	}

	/**
	 * What has become of a claim.
	 *
	 * @param state current state
	 * @param attempts how often its settlement was asked for again or, once settled, its
	 * handler was run again
	 * @param runs number of times the handler ran without a charge
	 * @param deliverable whether it is settled and its response can still be delivered
	 * again
	 * @param receipt receipt of a settled or declined claim, else {@code null}
	 */
	public record Progress(ClaimState state, int attempts, int runs, boolean deliverable,
			@Nullable SettlementResponse receipt) {

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
