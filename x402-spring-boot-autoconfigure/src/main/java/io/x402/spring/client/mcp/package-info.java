/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Clients of MCP servers that pay for tools: below any client of the MCP Java SDK, by the
 * rules of {@code client}.
 */
@NullMarked
package io.x402.spring.client.mcp;

import org.jspecify.annotations.NullMarked;
