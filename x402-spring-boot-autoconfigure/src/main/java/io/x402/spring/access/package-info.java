/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Calls of priced handlers that need no payment of their own: free quotas. May use
 * pricing; knows no transport.
 */
@NullMarked
package io.x402.spring.access;

import org.jspecify.annotations.NullMarked;
