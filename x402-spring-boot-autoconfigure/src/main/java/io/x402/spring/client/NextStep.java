/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What comes after an attempt to pay.
 *
 * @param delay time after which the same payment is sent again, {@code null} if it is not
 * @param isRenewed whether the response asks for another payment, which may be made
 */
record NextStep(@Nullable Duration delay, boolean isRenewed) {

	static final NextStep DONE = new NextStep(null, false);

	/** Only for a payment of an earlier call that has expired, so once for each. */
	static final NextStep RENEWED = new NextStep(null, true);

	static NextStep again(Duration delay) {
		return new NextStep(delay, false);
	}

	long millis() {
		return (this.delay != null) ? this.delay.toMillis() : 0;
	}

	boolean isAgain() {
		return this.delay != null;
	}

}
