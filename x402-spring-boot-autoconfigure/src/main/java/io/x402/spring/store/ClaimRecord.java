/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A claim with what every store keeps beside it, and the one place in Java that says what
 * a step does to all of it. The response itself is kept elsewhere.
 *
 * @param claim the claim
 * @param request the settle request to repeat
 * @param times when something becomes of the claim by itself
 * @param responded whether a response was recorded
 * @param conditions conditions of the response, which outlive its content; empty for none
 */
record ClaimRecord(Claim claim, byte @Nullable [] request, Times times, boolean responded, byte[] conditions) {

	private static final byte[] NONE = new byte[0];

	static ClaimRecord of(Claim claim, Instant leaseUntil) {
		return new ClaimRecord(claim, null, new Times(leaseUntil, null, null, null), false, NONE);
	}

	boolean isAt(Claim other) {
		return this.claim.owner().equals(other.owner()) && this.claim.version() == other.version();
	}

	boolean isFree(Instant now) {
		return isLapsed(now) && this.claim.isFreeOnceLapsed();
	}

	private boolean isLapsed(Instant now) {
		return this.claim.active() && this.times.leaseUntil().isBefore(now);
	}

	/**
	 * Return the record after a step.
	 * @param seen the claim at this version as the caller has seen it, lapsed or not
	 */
	ClaimRecord after(Claim seen, ClaimChange change, Instant now, Instant leaseUntil) {
		byte[] kept = (change.request() != null) ? change.request() : this.request;
		return new ClaimRecord(change.applyTo(seen), change.forgetsRequest() ? null : kept,
				this.times.after(change, now, leaseUntil),
				(this.responded || change.response().isReleased()) && !change.forgetsResponse(),
				conditionsAfter(change));
	}

	private byte[] conditionsAfter(ClaimChange change) {
		if (change.forgetsResponse()) {
			return NONE;
		}
		return change.response().isReleased() ? change.response().conditions() : this.conditions;
	}

	Claim claimAt(Instant now) {
		Claim seen = isLapsed(now) ? this.claim.lapsed() : this.claim;
		return seen.deliverable(this.times.isDeliverable(now));
	}

	boolean hasResponse(Instant now) {
		return this.responded && (this.claim.state() != ClaimState.SETTLED || claimAt(now).deliverable());
	}

	/**
	 * A claim whose owner dies while it settles is due when its lease is over.
	 */
	Instant due() {
		if (this.claim.state() == ClaimState.SETTLING) {
			return this.times.leaseUntil();
		}
		Instant due = this.times.dueAt();
		return (due != null) ? due : Instant.MAX;
	}

	boolean isDue(Instant now) {
		return this.request != null
				&& ((this.claim.state() == ClaimState.SETTLING) ? isLapsed(now) : this.times.isDue(now));
	}

	/**
	 * Return whether its outcome is unknown and no request is settling it.
	 */
	boolean isUnsettled(Instant now) {
		return this.request != null && ((this.claim.state() == ClaimState.SETTLING) ? isLapsed(now)
				: this.claim.state() == ClaimState.PENDING);
	}

	ClaimRecord held(Instant until) {
		return new ClaimRecord(ClaimChange.taken().applyTo(this.claim), this.request,
				new Times(this.times.leaseUntil(), null, until, this.times.deliverableUntil()), this.responded,
				this.conditions);
	}

	ClaimRecord renewed(Instant leaseUntil) {
		return new ClaimRecord(this.claim, this.request,
				new Times(leaseUntil, this.times.suspendedAt(), this.times.dueAt(), this.times.deliverableUntil()),
				this.responded, this.conditions);
	}

	/**
	 * When something becomes of a claim by itself.
	 *
	 * @param leaseUntil end of the lease of an active claim
	 * @param suspendedAt when it was decided when to reconcile it, {@code null} while a
	 * reconciler holds it
	 * @param dueAt when to reconcile it
	 * @param deliverableUntil end of redelivery
	 */
	record Times(Instant leaseUntil, @Nullable Instant suspendedAt, @Nullable Instant dueAt,
			@Nullable Instant deliverableUntil) {

		Times after(ClaimChange change, Instant now, Instant leaseUntil) {
			return new Times(leaseUntil, now, (change.retryIn() != null) ? now.plus(change.retryIn()) : null,
					(change.deliverableFor() != null) ? now.plus(change.deliverableFor()) : this.deliverableUntil);
		}

		/**
		 * A clock that is set back must not keep a claim waiting.
		 */
		boolean isDue(Instant now) {
			return this.dueAt != null
					&& (!now.isBefore(this.dueAt) || (this.suspendedAt != null && now.isBefore(this.suspendedAt)));
		}

		boolean isDeliverable(Instant now) {
			return this.deliverableUntil != null && now.isBefore(this.deliverableUntil);
		}

	}

}
