/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Micrometer observations of verify, settle and purchases, and meters for the money. May
 * use {@code payment}, {@code facilitator}, {@code client} and {@code store}.
 */
@NullMarked
package io.x402.spring.observation;

import org.jspecify.annotations.NullMarked;
