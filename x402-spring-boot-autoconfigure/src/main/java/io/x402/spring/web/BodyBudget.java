/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for copies of response bodies that are being written, shared by all requests.
 * Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class BodyBudget {

	private final long maximum;

	private final AtomicLong used = new AtomicLong();

	/**
	 * Create a budget.
	 * @param maximum maximum number of bytes in all
	 */
	public BodyBudget(long maximum) {
		this.maximum = maximum;
	}

	/**
	 * Take memory.
	 * @param bytes number of bytes
	 * @return {@code false} if there is not so much
	 */
	boolean take(long bytes) {
		if (this.used.addAndGet(bytes) > this.maximum) {
			this.used.addAndGet(-bytes);
			return false;
		}
		return true;
	}

	/**
	 * Give memory back.
	 * @param bytes number of bytes that were taken
	 */
	void giveBack(long bytes) {
		this.used.addAndGet(-bytes);
	}

	/**
	 * Return how much is taken.
	 * @return number of bytes
	 */
	long used() {
		return this.used.get();
	}

}
