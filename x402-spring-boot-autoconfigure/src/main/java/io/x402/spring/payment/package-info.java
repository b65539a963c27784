/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The engine of one payment, free of servlets and HTTP: matching, claims, verification,
 * settlement, reconciliation and events. May use {@code protocol}, {@code money},
 * {@code facilitator} and {@code store}.
 */
@NullMarked
package io.x402.spring.payment;

import org.jspecify.annotations.NullMarked;
