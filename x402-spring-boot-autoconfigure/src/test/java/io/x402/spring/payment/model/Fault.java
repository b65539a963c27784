/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import io.x402.spring.store.PaymentStoreException;

/**
 * What goes wrong at one of the next steps of a store.
 *
 * @param kind what goes wrong
 * @param step which step, from 0
 */
record Fault(Kind kind, int step) {

	boolean happensAt(int step) {
		return (this.kind == Kind.FAILS_FROM_NOW_ON) ? step >= this.step : step == this.step;
	}

	boolean happensBefore() {
		return this.kind != Kind.DIES_AFTER && this.kind != Kind.FAILS_AFTER;
	}

	boolean isLate() {
		return this.kind == Kind.TAKEN_LATE;
	}

	boolean isDeath() {
		return this.kind == Kind.DIES_BEFORE || this.kind == Kind.DIES_AFTER;
	}

	/**
	 * Return what the process sees.
	 */
	Throwable failure() {
		return isDeath() ? new Died() : new PaymentStoreException("Out of reach");
	}

	enum Kind {

		/** The process dies and the step is not taken. */
		DIES_BEFORE,

		/** The process dies and the step is taken. */
		DIES_AFTER,

		/** The step is not taken. */
		FAILS_BEFORE,

		/** The step is taken and the answer lost. */
		FAILS_AFTER,

		/** The step is taken later, when its caller has given up. */
		TAKEN_LATE,

		/** The step is not taken, nor any after it. */
		FAILS_FROM_NOW_ON

	}

}
