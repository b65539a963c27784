/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Wire records of x402 v1 and v2, the strict codec that reads and writes them, header
 * names and the one table of reason codes. Uses the JDK and Jackson only.
 */
@NullMarked
package io.x402.spring.protocol;

import org.jspecify.annotations.NullMarked;
