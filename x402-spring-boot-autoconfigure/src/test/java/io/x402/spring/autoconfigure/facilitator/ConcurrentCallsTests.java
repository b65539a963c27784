/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties.CallLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class ConcurrentCallsTests {

	private static final CallLimits UNSET = new CallLimits(null, null, 500, null);

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void whenNothingIsConfiguredThenCallsLeaveThreadsToOtherRequests() {
		assertThat(calls(UNSET)).isEqualTo(new ConcurrentCalls(50, 100));
	}

	@Test
	void whenTheWebServerHasOtherThreadsThenLimitsFollow() {
		this.environment.setProperty("server.tomcat.threads.max", "1000");
		assertThat(calls(UNSET)).isEqualTo(new ConcurrentCalls(250, 500));
	}

	@Test
	void whenJettyHasOneThreadThenOneCallIsPermitted() {
		this.environment.setProperty("server.jetty.threads.max", "1");
		assertThat(calls(UNSET)).isEqualTo(new ConcurrentCalls(1, 1));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenThreadsAreVirtualThenFiveHundredPaymentsASecondPass() {
		this.environment.setProperty("spring.threads.virtual.enabled", "true");
		assertThat(calls(UNSET)).isEqualTo(new ConcurrentCalls(2000, 2000));
	}

	@Test
	void whenALimitIsConfiguredThenItCounts() {
		assertThat(calls(new CallLimits(7, null, 500, null))).isEqualTo(new ConcurrentCalls(7, 100));
		assertThat(calls(new CallLimits(null, 3, 500, null))).isEqualTo(new ConcurrentCalls(50, 3));
	}

	private ConcurrentCalls calls(CallLimits limits) {
		return ConcurrentCalls.of(limits, this.environment);
	}

}
