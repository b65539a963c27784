/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Shows what is offered for which price, and that a price that cannot be told closes.
 */
@NullMarked
package io.x402.spring.web.pricing;

import org.jspecify.annotations.NullMarked;
