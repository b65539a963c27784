/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The page for people: what a browser shows of a priced resource, and the wallet page
 * that pays for it there. May use {@code payment}, {@code protocol} and {@code money};
 * knows no transport.
 */
@NullMarked
package io.x402.spring.web.paywall;

import org.jspecify.annotations.NullMarked;
