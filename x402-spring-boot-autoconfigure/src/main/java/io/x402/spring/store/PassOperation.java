/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.UUID;

import org.springframework.util.Assert;

/**
 * One attempt of one call to take uses of a pass. Its identity is known before the store
 * is called, so that the store takes them once, however often the step is executed, and
 * so that they can be given back without knowing whether they were taken. An operation is
 * the same as another one only if all of it is.
 *
 * @param pass identity of the pass
 * @param id identity of the operation, which no other one has, of 1 to 64 characters
 * @param uses number of uses that it takes, greater than zero
 * @since 0.2.0
 */
public record PassOperation(String pass, String id, long uses) {

	private static final int MAX_LENGTH = 64;

	/**
	 * Create an operation.
	 * @throws IllegalArgumentException if the identity is empty or too long, or the
	 * number is not greater than zero
	 */
	public PassOperation {
		Assert.isTrue(!id.isEmpty() && id.length() <= MAX_LENGTH,
				"The identity of an operation must have 1 to 64 characters");
		Assert.isTrue(uses > 0, "An operation must take at least one use");
	}

	/**
	 * Create an operation that there was not before.
	 * @param pass identity of the pass
	 * @param uses number of uses, greater than zero
	 * @return the operation, with a random identity
	 */
	public static PassOperation of(String pass, long uses) {
		return new PassOperation(pass, UUID.randomUUID().toString(), uses);
	}

	/**
	 * Return how many uses are given back.
	 * @param wanted number of uses, greater than zero
	 * @return that number, but no more than the operation takes
	 * @throws IllegalArgumentException if the number is not greater than zero
	 */
	public long part(long wanted) {
		Assert.isTrue(wanted > 0, "At least one use must be given back");
		return Math.min(wanted, this.uses);
	}

}
