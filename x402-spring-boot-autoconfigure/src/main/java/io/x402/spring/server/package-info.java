/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A facilitator for others: the HTTP side of whatever
 * {@link io.x402.spring.facilitator.Facilitator} the application has. May use
 * {@code protocol}, {@code money}, {@code facilitator}, {@code pricing}, {@code web} and
 * {@code web.servlet}.
 */
@NullMarked
package io.x402.spring.server;

import org.jspecify.annotations.NullMarked;
