/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Why a priced request is not served, and what its buyer is told.
 *
 * @param reason the reason from the table
 * @param error machine-readable text for the buyer, the facilitator's own where it gave
 * one
 * @param payer address of the buyer, or {@code null}
 * @param receipt failure receipt after a settle attempt, or the receipt of a payment that
 * was settled before; {@code null} if there was no attempt
 * @param transaction hash of a transaction that may settle, or {@code null}
 * @param retryAfter when to send the same payment again, or {@code null}
 * @since 0.1.0
 */
public record PaymentRefusal(ReasonCode reason, String error, @Nullable String payer,
		@Nullable SettlementResponse receipt, @Nullable String transaction, @Nullable Duration retryAfter) {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	/**
	 * Create a refusal that needs no more than its reason.
	 * @param reason the reason
	 * @return the refusal
	 */
	public static PaymentRefusal of(ReasonCode reason) {
		return of(reason, reason.code(), null);
	}

	/**
	 * Create a refusal before any settle attempt.
	 * @param reason the reason
	 * @param error machine-readable text for the buyer
	 * @param payer address of the buyer, or {@code null}
	 * @return the refusal
	 */
	public static PaymentRefusal of(ReasonCode reason, String error, @Nullable String payer) {
		return new PaymentRefusal(reason, error, payer, null, null, reason.retryable() ? RETRY_AFTER : null);
	}

	static PaymentRefusal of(ReasonCode reason, @Nullable String payer) {
		return of(reason, reason.code(), payer);
	}

	/**
	 * Return this refusal with a receipt.
	 * @param receipt the receipt, or {@code null}
	 * @return the changed refusal
	 */
	public PaymentRefusal withReceipt(@Nullable SettlementResponse receipt) {
		return new PaymentRefusal(this.reason, this.error, this.payer, receipt, this.transaction, this.retryAfter);
	}

	/**
	 * Return this refusal with another time to wait.
	 * @param retryAfter when to send the same payment again
	 * @return the changed refusal
	 * @since 0.2.0
	 */
	public PaymentRefusal withRetryAfter(Duration retryAfter) {
		return new PaymentRefusal(this.reason, this.error, this.payer, this.receipt, this.transaction, retryAfter);
	}

	PaymentRefusal withTransaction(@Nullable String transaction) {
		return new PaymentRefusal(this.reason, this.error, this.payer, this.receipt, transaction, this.retryAfter);
	}

}
