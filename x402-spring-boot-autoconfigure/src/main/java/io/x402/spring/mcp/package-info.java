/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Tools of MCP servers that cost money: prices by tool, and a gate in the call path of
 * the server. May use pricing and the engine; knows no HTTP, since the response to an
 * unpaid call is a result of the tool.
 */
@NullMarked
package io.x402.spring.mcp;

import org.jspecify.annotations.NullMarked;
