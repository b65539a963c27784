/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Payments in WebFlux: the filter that holds a response, and the handler adapter that
 * asks for payment before a priced handler runs. May use {@code web} and the rooms below
 * it. The engine blocks, so that it runs on threads of its own.
 */
@NullMarked
package io.x402.spring.web.reactive;

import org.jspecify.annotations.NullMarked;
