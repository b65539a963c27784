/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A customer built into the shop. It pays with a public development key and tells what it
 * did, step by step.
 */
@NullMarked
package io.x402.sample.buyer;

import org.jspecify.annotations.NullMarked;
