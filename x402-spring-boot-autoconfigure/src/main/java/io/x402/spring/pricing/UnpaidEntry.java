/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

/**
 * Whether any price of an application lets requests in without a payment. It is possible
 * until all mappings are known, and whenever a price that does so has been found.
 */
final class UnpaidEntry {

	private boolean complete;

	private volatile boolean found;

	private volatile boolean late;

	private volatile boolean possible = true;

	/**
	 * A price was found. That comes before any request to its handler is decided about.
	 */
	void note(Pricing pricing) {
		if (!this.found && pricing.letsIn()) {
			find();
		}
	}

	private synchronized void find() {
		this.found = true;
		this.late = this.late || this.complete;
		this.possible = true;
	}

	/**
	 * All mappings have been looked at.
	 */
	synchronized void complete() {
		this.complete = true;
		this.possible = this.found;
	}

	boolean isPossible() {
		return this.possible;
	}

	boolean isLate() {
		return this.late;
	}

}
