/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Shows that no way of reaching a priced handler goes around its price.
 */
@NullMarked
package io.x402.spring.web.routing;

import org.jspecify.annotations.NullMarked;
