/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Duration;
import java.util.Map;

import io.x402.spring.pricing.FreeQuota;

/**
 * Free call of one client, reserved before the handler runs.
 *
 * @since 0.1.0
 */
public final class FreeCall implements Access {

	private final FreeQuota quota;

	private final boolean granted;

	private final int remaining;

	private final Duration reset;

	private final Runnable release;

	FreeCall(FreeQuota quota, boolean granted, int remaining, Duration reset, Runnable release) {
		this.quota = quota;
		this.granted = granted;
		this.remaining = remaining;
		this.reset = reset;
		this.release = release;
	}

	@Override
	public boolean isGranted() {
		return this.granted;
	}

	/**
	 * Return the quota in the format of the {@code RateLimit-Policy} header field of the
	 * IETF draft.
	 * @return a structured field value
	 */
	public String policy() {
		return "\"free\";q=" + this.quota.limit() + ";w=" + this.quota.period().toSeconds();
	}

	/**
	 * Return the rest of the quota in the format of the {@code RateLimit} header field of
	 * the IETF draft.
	 * @return a structured field value
	 */
	public String rest() {
		return "\"free\";r=" + this.remaining + ";t=" + this.reset.plusSeconds(1).toSeconds();
	}

	@Override
	public Map<String, String> headers() {
		return Map.of("RateLimit-Policy", policy(), "RateLimit", rest());
	}

	@Override
	public void giveBack() {
		this.release.run();
	}

}
