/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A gateway that sells HTTP APIs of others: Spring Cloud Gateway routes, the starter
 * prices, and this package makes sure that an upstream sees who paid and never a payment,
 * and that a response which is not complete looks like one.
 */
@NullMarked
package io.x402.gateway;

import org.jspecify.annotations.NullMarked;
