/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for the facilitator, remote or simulated, and its health.
 */
@NullMarked
package io.x402.spring.autoconfigure.facilitator;

import org.jspecify.annotations.NullMarked;
