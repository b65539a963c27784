/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for payments in WebFlux.
 */
@NullMarked
package io.x402.spring.autoconfigure.web.reactive;

import org.jspecify.annotations.NullMarked;
