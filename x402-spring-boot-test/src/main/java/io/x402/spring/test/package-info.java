/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Payments, a facilitator and assertions for tests of applications that sell.
 */
@NullMarked
package io.x402.spring.test;

import org.jspecify.annotations.NullMarked;
