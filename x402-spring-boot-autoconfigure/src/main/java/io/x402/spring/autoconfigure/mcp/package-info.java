/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for paid tools of MCP servers.
 */
@NullMarked
package io.x402.spring.autoconfigure.mcp;

import org.jspecify.annotations.NullMarked;
