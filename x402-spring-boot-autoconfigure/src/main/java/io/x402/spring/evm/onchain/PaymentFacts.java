/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * What the chain says about a payment before any simulation.
 *
 * @param signature whether the payer signed it
 * @param tokenExists whether the token is a contract
 */
record PaymentFacts(SignatureCheck.Result signature, boolean tokenExists) {

}
