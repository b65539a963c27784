/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

/**
 * What a payment can buy besides one response.
 *
 * @param passes finds the terms of passes
 * @param topUps finds the offers of balances
 */
record Prepaid(PassScopes passes, TopUps topUps) {

}
