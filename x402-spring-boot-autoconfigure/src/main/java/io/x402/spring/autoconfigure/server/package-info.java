/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for a facilitator server.
 */
@NullMarked
package io.x402.spring.autoconfigure.server;

import org.jspecify.annotations.NullMarked;
