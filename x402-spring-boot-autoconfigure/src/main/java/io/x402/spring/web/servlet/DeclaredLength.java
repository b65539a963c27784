/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

/**
 * Length of the body that the handler declares. The container learns of it when it is
 * final: Jetty does not forget a length that is taken back.
 */
final class DeclaredLength {

	private static final long NONE = -1;

	private final BuyerConnection connection;

	private volatile long value = NONE;

	DeclaredLength(BuyerConnection connection) {
		this.connection = connection;
	}

	/**
	 * The handler declares a length, or takes that back.
	 * @param length number of bytes, or -1
	 */
	void set(long length) {
		this.value = length;
	}

	void forget() {
		this.value = NONE;
	}

	/**
	 * Return what a body must have.
	 * @param written number of bytes that are written
	 * @return number of bytes, or -1 if the length says nothing about the response
	 */
	long expected(long written) {
		return this.connection.isLengthComparable(written) ? this.value : NONE;
	}

	/**
	 * Return how much of the declared body is still to come.
	 * @param written number of bytes that are written
	 */
	int remaining(long written) {
		return (int) Math.min(Integer.MAX_VALUE, Math.max(0, this.value - written));
	}

	/**
	 * Return whether a body is longer than declared. A container refuses what exceeds the
	 * length, or drops it.
	 * @param written number of bytes that are written
	 */
	boolean isExceededBy(long written) {
		return this.value >= 0 && written > this.value && this.connection.isLengthComparable(written);
	}

	/**
	 * Return whether the container does not report that a body ends too early.
	 * @param written number of bytes that are written
	 */
	boolean endsInSilence(long written) {
		return this.connection.endsInSilence(written, this.value);
	}

	/**
	 * The response is decided about: declare the length to the container.
	 */
	void pass() {
		if (this.value >= 0) {
			this.connection.response().setContentLengthLong(this.value);
		}
	}

	/**
	 * There is no body to send. Jetty responds to a length that is declared all the same
	 * with an error, and forgets it only if another one takes its place.
	 */
	void drop() {
		this.connection.response().setContentLengthLong(0);
		this.connection.response().setContentLengthLong(NONE);
	}

}
