/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the starter costs: JMH benchmarks of its parts, and a benchmark over HTTP of the
 * whole. They run by hand only, see {@code docs/benchmarks.md}, and use the public API,
 * except that they build requests of Tomcat's own classes.
 */
@NullMarked
package io.x402.spring.benchmark;

import org.jspecify.annotations.NullMarked;
