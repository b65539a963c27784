/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Tests of free calls, without a transport.
 */
@NullMarked
package io.x402.spring.access;

import org.jspecify.annotations.NullMarked;
