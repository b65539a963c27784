/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for stores of claims and the ledger: memory, JDBC and Redis.
 */
@NullMarked
package io.x402.spring.autoconfigure.store;

import org.jspecify.annotations.NullMarked;
