/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Prices of handlers and routes, their offers, and the 402 challenge. Independent of the
 * transport: a request is seen as a {@link io.x402.spring.pricing.PricingRequest}. May
 * use {@code payment} and the packages below it.
 */
@NullMarked
package io.x402.spring.pricing;

import org.jspecify.annotations.NullMarked;
