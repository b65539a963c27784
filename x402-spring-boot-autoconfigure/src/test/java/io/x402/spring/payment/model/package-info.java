/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Random sequences of payments, crashes, faults and time against the engine and its
 * stores, judged by a chain that knows which money moved.
 */
@NullMarked
package io.x402.spring.payment.model;

import org.jspecify.annotations.NullMarked;
