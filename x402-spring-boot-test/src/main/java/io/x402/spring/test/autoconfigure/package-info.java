/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for tests: a facilitator in memory takes the place of a remote one.
 */
@NullMarked
package io.x402.spring.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
