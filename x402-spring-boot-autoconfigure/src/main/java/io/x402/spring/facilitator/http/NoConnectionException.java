/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * A call for which the HTTP client had no connection to spare, because others are under
 * way. That says nothing about the facilitator.
 */
final class NoConnectionException extends NoResponseException {

	/**
	 * Reactor Netty keeps them in a package of its own, which is not meant to be used.
	 */
	private static final Set<String> OF_POOLS = Set.of("PoolAcquirePendingLimitException",
			"PoolAcquireTimeoutException", "ConnectionRequestTimeoutException");

	NoConnectionException(String message, boolean neverSent) {
		super(message, neverSent);
	}

	/**
	 * Return whether a client failed for its own limits: Reactor Netty and HttpComponents
	 * by exceptions of theirs, Jetty by one of the JDK.
	 */
	static boolean isCausedBy(Throwable failure) {
		return failure instanceof RejectedExecutionException || OF_POOLS.contains(failure.getClass().getSimpleName());
	}

}
