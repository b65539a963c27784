/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

/**
 * What tells the request of a payment from other requests.
 *
 * @param route what is bought, for the ledger: HTTP method and path pattern
 * @param fingerprint equal for repetitions of the request and for nothing else
 * @param safe whether the request can be carried out again without harm
 * @since 0.1.0
 */
public record RequestIdentity(String route, String fingerprint, boolean safe) {

}
