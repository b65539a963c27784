/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * What a payment is for, as the ledger shows it. Holds nothing that could be used to pay.
 *
 * @param id correlation id, the same in every ledger entry about this sale
 * @param route what is sold: HTTP method and path pattern
 * @param scheme the payment scheme
 * @param amount price, in atomic units of the asset
 * @param payTo address that is paid
 * @param payer address of the buyer as it was signed, or {@code null} where the payload
 * does not show it
 * @since 0.1.0
 */
public record Sale(String id, String route, String scheme, BigInteger amount, String payTo, @Nullable String payer) {
}
