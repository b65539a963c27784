/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Prices and offers: what a handler or a route costs, and the challenge that says so. May
 * use {@code payment} and what that may use.
 */
@NullMarked
package io.x402.spring.pricing;

import org.jspecify.annotations.NullMarked;
