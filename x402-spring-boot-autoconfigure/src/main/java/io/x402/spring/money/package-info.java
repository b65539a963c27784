/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Exact prices, assets and networks, and the registry that knows them. May use
 * {@code protocol}.
 */
@NullMarked
package io.x402.spring.money;

import org.jspecify.annotations.NullMarked;
