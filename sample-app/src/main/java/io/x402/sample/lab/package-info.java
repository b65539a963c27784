/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Routes for interoperability tests, in profile {@code lab} only: statuses, sizes and
 * every style a handler can answer in.
 */
@NullMarked
package io.x402.sample.lab;

import org.jspecify.annotations.NullMarked;
