/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

/**
 * The header in which a buyer sends a payment.
 *
 * @param name name of the header
 * @param value the signed payment, which is as good as money until it is settled
 */
record PaymentHeader(String name, String value) {

	@Override
	public String toString() {
		return this.name + ": [redacted]";
	}

}
