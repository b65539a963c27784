/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * State of a claim. A claim that is released is gone.
 *
 * @since 0.1.0
 */
public enum ClaimState {

	/** Owned by one request that has not been verified yet. */
	CLAIMED,

	/** Verified; the handler may be running. */
	VERIFIED,

	/**
	 * The handler has run and its response is kept, but the settle call certainly did not
	 * leave. A repetition settles without another run of the handler.
	 */
	EXECUTED,

	/** A settle call left or is about to leave. */
	SETTLING,

	/** The outcome of settlement is unknown. */
	PENDING,

	/** Settled; the receipt is kept. */
	SETTLED,

	/**
	 * Certainly not settled, and never will be. The failure receipt is kept if settlement
	 * was attempted.
	 */
	DECLINED,

	/**
	 * The handler has run and nothing was charged. A repetition of the request runs it
	 * again.
	 */
	ABANDONED,

	/**
	 * The handler has run as often as it does for one payment and nothing was charged.
	 * The authorization is refused.
	 */
	EXHAUSTED,

	/** An identifier of a buyer that belongs to one payment. Never about money. */
	BOUND

}
