/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.util.Objects;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties.CallLimits;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;

/**
 * How many calls of a remote facilitator may be under way. A call occupies a thread of
 * the web server, so that where threads are few, calls leave some to requests that are
 * not paid; virtual threads are not few.
 *
 * @param verifications maximum number of verifications
 * @param settlements maximum number of settlements
 */
record ConcurrentCalls(int verifications, int settlements) {

	/** 500 payments a second at a facilitator that takes 2 seconds, twice over. */
	private static final int VIRTUAL = 2000;

	/** What Tomcat and Jetty have unless told otherwise. */
	private static final int THREADS = 200;

	static ConcurrentCalls of(CallLimits limits, Environment environment) {
		ConcurrentCalls usual = usual(environment);
		return new ConcurrentCalls(
				Objects.requireNonNullElse(limits.maxConcurrentVerifications(), usual.verifications()),
				Objects.requireNonNullElse(limits.maxConcurrentSettlements(), usual.settlements()));
	}

	private static ConcurrentCalls usual(Environment environment) {
		if (Threading.VIRTUAL.isActive(environment)) {
			return new ConcurrentCalls(VIRTUAL, VIRTUAL);
		}
		int threads = environment.getProperty("server.tomcat.threads.max", Integer.class,
				environment.getProperty("server.jetty.threads.max", Integer.class, THREADS));
		return new ConcurrentCalls(Math.max(1, threads / 4), Math.max(1, threads / 2));
	}

}
