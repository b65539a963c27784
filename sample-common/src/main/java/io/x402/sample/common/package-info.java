/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How the samples start: the facilitator that they use without one of their own, and the
 * line that reports where they sell.
 */
@NullMarked
package io.x402.sample.common;

import org.jspecify.annotations.NullMarked;
