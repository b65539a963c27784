/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

/**
 * The process is dead. Nobody in it gets to know.
 */
final class Died extends Error {

	private static final long serialVersionUID = 1L;

	Died() {
		super("dead", null, false, false);
	}

}
