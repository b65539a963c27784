/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * A clock that is ahead of the time.
 */
final class MovingClock extends Clock {

	private Duration ahead = Duration.ZERO;

	void pass(Duration time) {
		this.ahead = this.ahead.plus(time);
	}

	Duration ahead() {
		return this.ahead;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

	@Override
	public Instant instant() {
		return Instant.now().plus(this.ahead).truncatedTo(ChronoUnit.MILLIS);
	}

}
