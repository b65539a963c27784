/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

/**
 * A sale of which the ledger does not tell whether the money moved.
 *
 * @param entry the last entry about it, of type {@link LedgerEvent#PENDING} or
 * {@link LedgerEvent#UNRESOLVED}
 * @param since when the first of these types was written
 * @since 0.2.0
 */
public record UnsettledSale(LedgerEntry entry, Instant since) {

}
