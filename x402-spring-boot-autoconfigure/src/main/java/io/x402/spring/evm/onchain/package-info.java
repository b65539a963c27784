/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Verifies and settles on chain without a third party, and looks on chain for what became
 * of payments: JSON-RPC nodes, transactions of own keys, the facilitator and the probe.
 * May use what {@code evm} may use.
 */
@NullMarked
package io.x402.spring.evm.onchain;

import org.jspecify.annotations.NullMarked;
