/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for observations and meters of sellers and buyers.
 */
@NullMarked
package io.x402.spring.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
