/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Everything that touches web3j: EIP-712 digests, signature checks and signing. May use
 * {@code protocol}, {@code money} and {@code facilitator}.
 */
@NullMarked
package io.x402.spring.evm;

import org.jspecify.annotations.NullMarked;
