/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Checks whether a shop can be listed and paid.
 */
@NullMarked
package io.x402.sample.check;

import org.jspecify.annotations.NullMarked;
