/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the starter costs over HTTP, inside one process. Runs by hand only, see
 * {@code docs/benchmarks.md}.
 */
@NullMarked
package io.x402.benchmark;

import org.jspecify.annotations.NullMarked;
