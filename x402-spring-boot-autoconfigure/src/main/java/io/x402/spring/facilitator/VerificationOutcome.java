/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.function.Function;

import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of {@link Facilitator#verify}.
 *
 * @since 0.1.0
 */
public sealed interface VerificationOutcome {

	/**
	 * Return what follows from this outcome.
	 * @param valid called with {@link Valid}
	 * @param invalid called with {@link Invalid}
	 * @param unavailable called with {@link Unavailable}
	 * @param <R> type of the result
	 * @return the result of the function that was called
	 * @since 0.2.0
	 */
	<R> R fold(Function<Valid, R> valid, Function<Invalid, R> invalid, Function<Unavailable, R> unavailable);

	/**
	 * The payment would settle now.
	 *
	 * @param payer address of the buyer as the facilitator sees it, or {@code null}
	 */
	record Valid(@Nullable String payer) implements VerificationOutcome {

		@Override
		public <R> R fold(Function<Valid, R> valid, Function<Invalid, R> invalid,
				Function<Unavailable, R> unavailable) {
			return valid.apply(this);
		}

	}

	/**
	 * The payment would not settle.
	 *
	 * @param code the reason from the table
	 * @param reason the facilitator's own machine-readable reason, safe to show
	 */
	record Invalid(ReasonCode code, String reason) implements VerificationOutcome {

		/**
		 * Create an outcome for a reason of the table.
		 * @param code the reason
		 */
		public Invalid(ReasonCode code) {
			this(code, code.code());
		}

		@Override
		public <R> R fold(Function<Valid, R> valid, Function<Invalid, R> invalid,
				Function<Unavailable, R> unavailable) {
			return invalid.apply(this);
		}

	}

	/**
	 * It is not known now whether the payment would settle: the facilitator could not be
	 * asked or did not respond usefully.
	 *
	 * @param code the reason from the table; a retryable one without a charge that is
	 * known
	 * @param detail what happened, for the log only
	 */
	record Unavailable(ReasonCode code, String detail) implements VerificationOutcome {

		/**
		 * Create an outcome of a facilitator that cannot be used right now.
		 * @param detail what happened, for the log only
		 */
		public Unavailable(String detail) {
			this(ReasonCode.FACILITATOR_UNAVAILABLE, detail);
		}

		@Override
		public <R> R fold(Function<Valid, R> valid, Function<Invalid, R> invalid,
				Function<Unavailable, R> unavailable) {
			return unavailable.apply(this);
		}

	}

}
