/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for the payment engine and its background work.
 */
@NullMarked
package io.x402.spring.autoconfigure.payment;

import org.jspecify.annotations.NullMarked;
