/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.math.BigInteger;

import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Result of a settle request.
 *
 * @param kind what is certain
 * @param reason why it is not settled
 * @param transaction hash of the transaction that settled or may settle it
 * @param payer who paid
 * @param amount what was settled, in atomic units
 */
record SettlementResult(Kind kind, @Nullable String reason, @Nullable String transaction, @Nullable String payer,
		@Nullable String amount) {

	static SettlementResult settled(String transaction, @Nullable String payer, BigInteger amount) {
		return new SettlementResult(Kind.SETTLED, null, transaction, payer, amount.toString());
	}

	static SettlementResult failed(String reason) {
		return new SettlementResult(Kind.FAILED, reason, null, null, null);
	}

	static SettlementResult duplicate(@Nullable String transaction) {
		return new SettlementResult(Kind.DUPLICATE, "duplicate_settlement", transaction, null, null);
	}

	static SettlementResult pending(@Nullable String transaction) {
		return new SettlementResult(Kind.PENDING, ReasonCode.SETTLEMENT_PENDING.code(), transaction, null, null);
	}

	static SettlementResult notSent() {
		return new SettlementResult(Kind.NOT_SENT, ReasonCode.FACILITATOR_UNAVAILABLE.code(), null, null, null);
	}

	/**
	 * What is certain about a payment.
	 */
	enum Kind {

		/** The money moved. */
		SETTLED,

		/** The money did not move and will not. */
		FAILED,

		/** The payment is used already, or is being used. */
		DUPLICATE,

		/** The money may have moved. */
		PENDING,

		/** The settlement was not requested. */
		NOT_SENT

	}

}
