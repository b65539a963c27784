/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for what catalogues of paid resources read.
 */
@NullMarked
package io.x402.spring.autoconfigure.discovery;

import org.jspecify.annotations.NullMarked;
