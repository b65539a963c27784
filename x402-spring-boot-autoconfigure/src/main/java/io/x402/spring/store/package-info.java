/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The SPI of claims, ledger, passes, free calls and spending, and its implementations in
 * memory. May use {@code protocol}.
 */
@NullMarked
package io.x402.spring.store;

import org.jspecify.annotations.NullMarked;
