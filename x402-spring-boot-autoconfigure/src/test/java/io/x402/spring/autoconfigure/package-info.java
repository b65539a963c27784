/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Shows what starts, with what, and what an application that does not start tells its
 * developer.
 */
@NullMarked
package io.x402.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
