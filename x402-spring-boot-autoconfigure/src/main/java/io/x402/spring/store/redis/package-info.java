/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Claims, ledger, passes, free calls and spending in Redis. May use {@code store} and
 * what that may use.
 */
@NullMarked
package io.x402.spring.store.redis;

import org.jspecify.annotations.NullMarked;
