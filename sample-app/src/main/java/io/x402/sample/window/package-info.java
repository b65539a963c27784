/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the page of the shop shows at the press of a button: purchases that go well and
 * purchases that go wrong, and the ledger beside them.
 */
@NullMarked
package io.x402.sample.window;

import org.jspecify.annotations.NullMarked;
