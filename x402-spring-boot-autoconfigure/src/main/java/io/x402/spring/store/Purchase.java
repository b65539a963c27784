/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * What an authorization is used for, as the books tell it. Holds nothing that could be
 * used to pay.
 *
 * @param id correlation id, the same in every entry of the books about this purchase
 * @param route what was bought: HTTP method and path pattern
 * @param scheme the payment scheme
 * @param amount what was asked for, in atomic units of the asset
 * @param payTo address that is paid
 * @param payer address of the buyer as it was signed, or {@code null} where the payload
 * does not show it
 * @since 0.1.0
 */
public record Purchase(String id, String route, String scheme, BigInteger amount, String payTo,
		@Nullable String payer) {
}
