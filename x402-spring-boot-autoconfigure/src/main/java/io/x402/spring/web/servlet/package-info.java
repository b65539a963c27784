/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Spring MVC integration: the interceptor that asks for payment, the filter and the held
 * response that release nothing unpaid, and the responses to buyers. May use {@code web}
 * and what that may use.
 */
@NullMarked
package io.x402.spring.web.servlet;

import org.jspecify.annotations.NullMarked;
