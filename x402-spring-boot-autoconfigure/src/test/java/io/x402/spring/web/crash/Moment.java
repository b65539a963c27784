/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

/**
 * When a seller dies.
 */
enum Moment {

	BEFORE_CLAIM(1, false),

	AFTER_CLAIM(1, false),

	BEFORE_VERIFIED(1, false),

	AFTER_VERIFIED(1, false),

	IN_HANDLER(2, false),

	BEFORE_SETTLING(2, false),

	AFTER_SETTLING(1, false),

	BEFORE_SETTLED(1, false),

	AFTER_SETTLED(1, true);

	private final int runs;

	private final boolean recorded;

	Moment(int runs, boolean recorded) {
		this.runs = runs;
		this.recorded = recorded;
	}

	/**
	 * How often the handler runs in all at most.
	 */
	int runs() {
		return this.runs;
	}

	/**
	 * Whether the settlement is known to the store.
	 */
	boolean isRecorded() {
		return this.recorded;
	}

}
