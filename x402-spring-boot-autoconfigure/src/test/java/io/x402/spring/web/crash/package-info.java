/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Sellers in processes of their own, which die at chosen moments.
 */
@NullMarked
package io.x402.spring.web.crash;

import org.jspecify.annotations.NullMarked;
