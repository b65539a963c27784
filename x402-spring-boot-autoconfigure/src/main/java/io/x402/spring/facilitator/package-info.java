/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The {@link io.x402.spring.facilitator.Facilitator} SPI, its outcomes and compositions,
 * and the simulated facilitator. May use {@code protocol} and {@code money}.
 */
@NullMarked
package io.x402.spring.facilitator;

import org.jspecify.annotations.NullMarked;
