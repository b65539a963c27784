/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import org.jspecify.annotations.Nullable;

/**
 * The paid handlers that ran for one response, and whether the last of them failed.
 */
final class HandlerRuns {

	private int count;

	/** What the handler threw, unless something was written in its place. */
	private volatile @Nullable Throwable failure;

	/** Whether nothing has handled what the handler threw. */
	private volatile boolean replaced;

	/** Whether filters may still have what the handler wrote. */
	private volatile boolean kept;

	/**
	 * A handler runs for a payment of its own.
	 */
	void begin() {
		this.failure = null;
		this.replaced = false;
		this.count++;
	}

	/**
	 * One more handler runs for the same payment.
	 */
	void cover() {
		this.replaced = false;
		this.count++;
	}

	/**
	 * Return how many handlers ran.
	 */
	int count() {
		return this.count;
	}

	/**
	 * Return whether there is one handler, so that it is the one that is spoken of.
	 */
	boolean isOne() {
		return this.count == 1;
	}

	/**
	 * The handler threw.
	 */
	void fail(Throwable failure) {
		this.failure = failure;
	}

	/**
	 * Nothing has handled what the handler threw. What others respond in its place was
	 * not paid for, unless they run a handler again.
	 */
	void replace() {
		this.replaced = true;
		this.kept = false;
	}

	/**
	 * Filters may still have what the handler wrote, and what they write may be that.
	 */
	void keep() {
		this.kept = true;
	}

	/**
	 * Return whether what is written in place of the handler may be what it wrote.
	 */
	boolean isKept() {
		return this.replaced && this.kept;
	}

	/**
	 * Return whether others respond in place of the handler.
	 */
	boolean isReplaced() {
		return this.replaced;
	}

	/**
	 * Something was written in place of what failed.
	 */
	void recover() {
		this.failure = null;
	}

	/**
	 * Return whether the handler threw and nothing was written in its place.
	 */
	boolean isFailed() {
		return this.failure != null;
	}

	/**
	 * Return what the handler threw.
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

}
