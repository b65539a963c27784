/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;

/**
 * Retries, bulkheads and circuit breakers of a remote facilitator.
 *
 * @param maxRetries maximum number of retries after a transient failure of a verification
 * or of {@code /supported}, within its time limit; settlements are never retried
 * @param maxConcurrentSettlements maximum number of concurrent settlements; further ones
 * are refused at once
 * @param maxConcurrentVerifications maximum number of concurrent verifications; further
 * ones are refused at once
 * @param failureThreshold number of consecutive failures that open a circuit breaker
 * @param openDuration time for which a circuit breaker stays open, unless a check in the
 * background finds that the facilitator responds
 */
record ResilienceSettings(int maxRetries, int maxConcurrentSettlements, int maxConcurrentVerifications,
		int failureThreshold, Duration openDuration) {

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if a value is not usable
	 */
	public ResilienceSettings {
		if (maxRetries < 0 || maxConcurrentSettlements <= 0 || maxConcurrentVerifications <= 0 || failureThreshold <= 0
				|| openDuration.isNegative()) {
			throw new IllegalArgumentException("Limits of calls must be positive, retries and durations not negative");
		}
	}

	/**
	 * Create settings with as many verifications as settlements.
	 * @param maxRetries maximum number of retries
	 * @param maxConcurrent maximum number of concurrent calls of each operation
	 * @param failureThreshold number of consecutive failures that open a circuit breaker
	 * @param openDuration time for which a circuit breaker stays open
	 */
	ResilienceSettings(int maxRetries, int maxConcurrent, int failureThreshold, Duration openDuration) {
		this(maxRetries, maxConcurrent, maxConcurrent, failureThreshold, openDuration);
	}

	/**
	 * Return settings without retries and limits.
	 * @return the settings
	 */
	public static ResilienceSettings none() {
		return new ResilienceSettings(0, Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ZERO);
	}

	ResilienceSettings withMaxRetries(int maxRetries) {
		return new ResilienceSettings(maxRetries, this.maxConcurrentSettlements, this.maxConcurrentVerifications,
				this.failureThreshold, this.openDuration);
	}

	ResilienceSettings withMaxConcurrent(int verifications, int settlements) {
		return new ResilienceSettings(this.maxRetries, settlements, verifications, this.failureThreshold,
				this.openDuration);
	}

	ResilienceSettings withCircuitBreaker(int failureThreshold, Duration openDuration) {
		return new ResilienceSettings(this.maxRetries, this.maxConcurrentSettlements, this.maxConcurrentVerifications,
				failureThreshold, openDuration);
	}

}
