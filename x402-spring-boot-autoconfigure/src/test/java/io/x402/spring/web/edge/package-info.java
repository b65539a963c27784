/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the HTTP edge shows to buyers, browsers, caches and proxies, and the tools that
 * the HTTP tests share: a facilitator that always agrees and counts, a buyer, and a raw
 * connection.
 */
@NullMarked
package io.x402.spring.web.edge;

import org.jspecify.annotations.NullMarked;
