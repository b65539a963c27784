/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration for settlement on chain with own keys and nodes, and for the check
 * of receipts against a node.
 */
@NullMarked
package io.x402.spring.autoconfigure.onchain;

import org.jspecify.annotations.NullMarked;
