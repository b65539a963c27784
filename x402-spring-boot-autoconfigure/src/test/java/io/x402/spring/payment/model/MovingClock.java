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
 * A clock that is ahead of another one: of one that stands still, so that a sequence runs
 * the same way each time, or of the clock of the machine, where a database has its own.
 */
final class MovingClock extends Clock {

	private static final Clock STANDING = Clock.fixed(Instant.parse("2030-01-01T00:00:00Z"), ZoneOffset.UTC);

	private final Clock base;

	private Duration ahead = Duration.ZERO;

	private MovingClock(Clock base) {
		this.base = base;
	}

	static MovingClock standing() {
		return new MovingClock(STANDING);
	}

	static MovingClock running() {
		return new MovingClock(Clock.systemUTC());
	}

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
		return this.base.instant().plus(this.ahead).truncatedTo(ChronoUnit.MILLIS);
	}

}
