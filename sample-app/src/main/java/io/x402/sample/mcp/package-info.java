/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The endpoint of the tools on WebFlux, which Spring AI has for Spring MVC.
 */
@NullMarked
package io.x402.sample.mcp;

import org.jspecify.annotations.NullMarked;
