/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The state machine of claims: each step with the states it may be taken in and the state
 * it leads to. A pair of state and step that is not here does not exist.
 *
 * @since 0.1.0
 */
public enum ClaimStep {

	/** The facilitator found the payment valid. */
	VERIFY(ClaimState.VERIFIED, ClaimState.CLAIMED),

	/** The settle request is about to leave. */
	SETTLE(ClaimState.SETTLING, ClaimState.CLAIMED, ClaimState.VERIFIED, ClaimState.EXECUTED),

	/** The settlement was certainly not executed, and the response is stored. */
	EXECUTE(ClaimState.EXECUTED, ClaimState.SETTLING),

	/** The money moved. */
	COMPLETE(ClaimState.SETTLED, ClaimState.SETTLING, ClaimState.PENDING),

	/** The money did not and will not move. */
	DECLINE(ClaimState.DECLINED, ClaimState.CLAIMED, ClaimState.SETTLING, ClaimState.PENDING),

	/** A person says that the money moved, and a probe has seen it. */
	CONFIRM(ClaimState.SETTLED, ClaimState.PENDING),

	/** A person says that the money did not move, and it can not move any more. */
	DISMISS(ClaimState.DECLINED, ClaimState.PENDING),

	/** The outcome is not known, or still not. */
	SUSPEND(ClaimState.PENDING, ClaimState.SETTLING, ClaimState.PENDING),

	/** A reconciler takes the claim from whoever worked on it. */
	TAKE(ClaimState.PENDING, ClaimState.SETTLING, ClaimState.PENDING),

	/** The handler of a settled claim that no one works on runs again. */
	RERUN(ClaimState.SETTLED, ClaimState.SETTLED),

	/**
	 * The handler of a settled claim has ended, or its response is not the stored one.
	 */
	ANSWER(ClaimState.SETTLED, ClaimState.SETTLED),

	/** The handler has run without a charge and may run again. */
	ABANDON(ClaimState.ABANDONED, ClaimState.CLAIMED, ClaimState.VERIFIED, ClaimState.SETTLING, ClaimState.EXECUTED),

	/** The handler has run without a charge for the last time. */
	EXHAUST(ClaimState.EXHAUSTED, ClaimState.CLAIMED, ClaimState.VERIFIED, ClaimState.SETTLING, ClaimState.EXECUTED),

	/** A repetition of an abandoned request begins. */
	RETRY(ClaimState.CLAIMED, ClaimState.ABANDONED),

	/** A repetition of an abandoned request ends without another run. */
	GIVE_BACK(ClaimState.ABANDONED, ClaimState.CLAIMED, ClaimState.VERIFIED, ClaimState.SETTLING),

	/** An identifier belongs to one payment, and to the request that binds it last. */
	BIND(ClaimState.BOUND, ClaimState.CLAIMED, ClaimState.BOUND),

	/** The claim is forgotten; the authorization is free. */
	RELEASE(null, ClaimState.CLAIMED, ClaimState.VERIFIED, ClaimState.SETTLING, ClaimState.BOUND);

	private final @Nullable ClaimState to;

	private final Set<ClaimState> from;

	ClaimStep(@Nullable ClaimState to, ClaimState... from) {
		this.to = to;
		this.from = Set.of(from);
	}

	/**
	 * Return the states in which the step may be taken.
	 * @return the states; some steps need more than the state, see {@link #isDefinedFor}
	 */
	public Set<ClaimState> from() {
		return this.from;
	}

	/**
	 * Return the state that the step leads to.
	 * @return the state, or {@code null} if there is no claim any more
	 */
	public @Nullable ClaimState to() {
		return this.to;
	}

	/**
	 * Return whether the step may be taken.
	 * @param claim the claim as it is before
	 * @return {@code false} if there is no such step
	 */
	public boolean isDefinedFor(Claim claim) {
		return this.from.contains(claim.state()) && switch (this) {
			case RERUN -> !claim.active();
			case GIVE_BACK -> claim.runs() > 0;
			case RELEASE -> claim.runs() == 0;
			default -> true;
		};
	}

	/**
	 * Require that the step may be taken.
	 * @param claim the claim as it is before
	 * @throws IllegalStateException if there is no such step
	 */
	public void check(Claim claim) {
		if (!isDefinedFor(claim)) {
			throw new IllegalStateException("A claim in state " + claim.state() + " has no step " + this);
		}
	}

}
