/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The facilitator that is reached over HTTP by a {@code WebClient}: calls,
 * authentication, retries, and what a response proves. May use {@code facilitator} and
 * what that may use.
 */
@NullMarked
package io.x402.spring.facilitator.http;

import org.jspecify.annotations.NullMarked;
