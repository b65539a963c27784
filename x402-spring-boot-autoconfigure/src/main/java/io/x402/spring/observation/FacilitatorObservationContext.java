/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Context of one call of a facilitator. It holds the seller's own offer and what became
 * of the call, but neither the payment nor its signature and nonce, so that no handler
 * can reveal them.
 *
 * @since 0.1.0
 */
public final class FacilitatorObservationContext extends Observation.Context {

	private final Operation operation;

	private final ProtocolVersion version;

	private final PaymentRequirements requirements;

	private @Nullable Outcome outcome;

	private @Nullable ReasonCode reason;

	private @Nullable String payer;

	private @Nullable String transaction;

	FacilitatorObservationContext(Operation operation, ProtocolVersion version, PaymentRequirements requirements) {
		this.operation = operation;
		this.version = version;
		this.requirements = requirements;
	}

	void end(Outcome outcome, @Nullable ReasonCode reason) {
		this.outcome = outcome;
		this.reason = reason;
	}

	void setPayer(@Nullable String payer) {
		this.payer = payer;
	}

	void setTransaction(@Nullable String transaction) {
		this.transaction = transaction;
	}

	/**
	 * Return what the facilitator is asked to do.
	 * @return the operation
	 */
	public Operation getOperation() {
		return this.operation;
	}

	/**
	 * Return the protocol version the buyer speaks.
	 * @return the version
	 */
	public ProtocolVersion getVersion() {
		return this.version;
	}

	/**
	 * Return the seller's own offer that is paid.
	 * @return the offer
	 */
	public PaymentRequirements getRequirements() {
		return this.requirements;
	}

	/**
	 * Return the outcome.
	 * @return the outcome, or {@code null} as long as the call lasts
	 */
	public @Nullable Outcome getOutcome() {
		return this.outcome;
	}

	/**
	 * Return the reason for an outcome other than success.
	 * @return the reason from the table, or {@code null} if there is none
	 */
	public @Nullable ReasonCode getReason() {
		return this.reason;
	}

	/**
	 * Return the address of the buyer.
	 * @return the address, or {@code null} if it is not known
	 */
	public @Nullable String getPayer() {
		return this.payer;
	}

	/**
	 * Return the transaction of a settlement.
	 * @return the hash, or {@code null} if there is none
	 */
	public @Nullable String getTransaction() {
		return this.transaction;
	}

	/**
	 * What a facilitator is asked to do.
	 */
	public enum Operation {

		/** Check a payment. */
		VERIFY,

		/** Move the money. */
		SETTLE

	}

	/**
	 * What became of a call.
	 */
	public enum Outcome {

		/** Verified: the payment would settle now. */
		VALID,

		/** Verified: the payment would not settle. */
		INVALID,

		/**
		 * The facilitator did not respond to the verification usefully, or certainly did
		 * not execute the settlement.
		 */
		UNAVAILABLE,

		/** The money moved, as far as the facilitator says. */
		SETTLED,

		/** The money certainly did not move. */
		DECLINED,

		/** The money may have moved. */
		UNKNOWN

	}

}
