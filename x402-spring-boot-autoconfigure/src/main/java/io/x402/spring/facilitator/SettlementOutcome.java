/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.function.Function;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of {@link Facilitator#settle}. Three outcomes are each proved by a closed list
 * of facts; whatever is on none of these lists is unknown.
 *
 * @since 0.1.0
 */
public sealed interface SettlementOutcome {

	/**
	 * Return what follows from this outcome.
	 * @param settled called with {@link Settled}
	 * @param declined called with {@link Declined}
	 * @param notExecuted called with {@link NotExecuted}
	 * @param unknown called with {@link Unknown}
	 * @param <R> type of the result
	 * @return the result of the function that was called
	 */
	<R> R fold(Function<Settled, R> settled, Function<Declined, R> declined, Function<NotExecuted, R> notExecuted,
			Function<Unknown, R> unknown);

	/**
	 * Return what this outcome proves about a payment for which an earlier settle call
	 * may have been executed. That the repetition executed nothing proves nothing about
	 * the earlier call, and a decline can be the consequence of it.
	 * @return this outcome, or an unknown one in place of what proves nothing
	 */
	default SettlementOutcome afterEarlierCall() {
		if (this instanceof Declined declined && !isTimeless(declined.code())) {
			return new Unknown(
					"declined with " + declined.code().code() + ", which an earlier settlement can be the cause of",
					null);
		}
		return (this instanceof NotExecuted) ? new Unknown("the settlement could not be asked about again", null)
				: this;
	}

	/**
	 * Return whether a reason depends neither on the time nor on what happened before: if
	 * it holds now, an earlier settle request was refused for it as well. A bad signature
	 * is none of these reasons: a contract wallet can change its mind, and facilitators
	 * report a permit that is over as one.
	 * @param code the reason
	 * @return {@code true} if no settlement can be its cause
	 */
	static boolean isTimeless(ReasonCode code) {
		return switch (code) {
			case RECIPIENT_MISMATCH, AMOUNT_MISMATCH, UNSUPPORTED_PAYLOAD, UNSUPPORTED_VERSION -> true;
			default -> false;
		};
	}

	/**
	 * The money moved.
	 *
	 * @param receipt the receipt, with a transaction
	 * @param transfer position of the transfer among the events of the transaction, or
	 * {@code null} if it is not known; the transaction then backs this payment alone
	 */
	record Settled(SettlementResponse receipt, @Nullable Integer transfer) implements SettlementOutcome {

		/**
		 * Create an outcome of a facilitator that names no transfer.
		 * @param receipt the receipt, with a transaction
		 */
		public Settled(SettlementResponse receipt) {
			this(receipt, null);
		}

		@Override
		public <R> R fold(Function<Settled, R> settled, Function<Declined, R> declined,
				Function<NotExecuted, R> notExecuted, Function<Unknown, R> unknown) {
			return settled.apply(this);
		}

	}

	/**
	 * The money certainly did not and will not move by this payment.
	 *
	 * @param code the reason from the table; not a retryable one
	 * @param receipt the failure receipt for the buyer
	 */
	record Declined(ReasonCode code, SettlementResponse receipt) implements SettlementOutcome {

		/**
		 * Create an outcome.
		 * @throws IllegalArgumentException if the reason does not say that the payment is
		 * refused for good
		 */
		public Declined {
			if (code.retryable() || code.charged() != ReasonCode.Charged.NO) {
				throw new IllegalArgumentException("A payment is not declined for good with reason " + code.code());
			}
		}

		@Override
		public <R> R fold(Function<Settled, R> settled, Function<Declined, R> declined,
				Function<NotExecuted, R> notExecuted, Function<Unknown, R> unknown) {
			return declined.apply(this);
		}

	}

	/**
	 * This request certainly executed nothing: it was not sent, or the facilitator
	 * refused to work at all. The same payment may be settled by a later request.
	 *
	 * @param code the reason from the table; a retryable one without a charge
	 * @param detail what happened, for the log only
	 */
	record NotExecuted(ReasonCode code, String detail) implements SettlementOutcome {

		/**
		 * Create an outcome.
		 * @throws IllegalArgumentException if the reason does not invite to send the
		 * payment again
		 */
		public NotExecuted {
			if (!code.retryable() || code.charged() != ReasonCode.Charged.NO) {
				throw new IllegalArgumentException("A settlement that was not executed has no reason " + code.code());
			}
		}

		/**
		 * Create an outcome of a facilitator that cannot be used right now.
		 * @param detail what happened, for the log only
		 */
		public NotExecuted(String detail) {
			this(ReasonCode.FACILITATOR_UNAVAILABLE, detail);
		}

		@Override
		public <R> R fold(Function<Settled, R> settled, Function<Declined, R> declined,
				Function<NotExecuted, R> notExecuted, Function<Unknown, R> unknown) {
			return notExecuted.apply(this);
		}

	}

	/**
	 * The money may have moved, or may still move.
	 *
	 * @param detail what happened, for the log only
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 */
	record Unknown(String detail, @Nullable String transaction) implements SettlementOutcome {

		@Override
		public <R> R fold(Function<Settled, R> settled, Function<Declined, R> declined,
				Function<NotExecuted, R> notExecuted, Function<Unknown, R> unknown) {
			return unknown.apply(this);
		}

	}

}
