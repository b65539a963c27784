/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The clock that only runs, by which waits and time limits are measured; every package
 * may use it. Points in time that others read too, such as the validity of a payment, are
 * those of a {@link java.time.Clock}.
 */
@NullMarked
package io.x402.spring.time;

import org.jspecify.annotations.NullMarked;
