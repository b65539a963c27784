/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What is sold: one controller per feature, each priced where it is written.
 */
@NullMarked
package io.x402.sample.shop;

import org.jspecify.annotations.NullMarked;
