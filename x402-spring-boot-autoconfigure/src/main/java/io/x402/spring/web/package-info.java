/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * HTTP without servlets: the gate before a priced handler, the fingerprint of a request,
 * the held body, the stored response, receipts and refusals. May use {@code access},
 * {@code pricing} and what they may use, and {@code web.paywall}.
 */
@NullMarked
package io.x402.spring.web;

import org.jspecify.annotations.NullMarked;
