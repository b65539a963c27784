/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for a buyer: clients of HTTP and of MCP that pay.
 */
@NullMarked
package io.x402.spring.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
